import type { Attribute } from './attribute.ts';
import type { Graph } from './graph.ts';

/** Identity of a model-local function. */
export interface FunctionId {
  /** Normalised: empty for the standard domain. */
  readonly domain: string;
  readonly name: string;
  readonly overload: string;
}

/** The key of a function in `Model.functions`. */
export function functionKey(domain: string, name: string, overload: string): string {
  return `${domain}\u0000${name}\u0000${overload}`;
}

/**
 * A model-local function (`FunctionProto`). Its body is a graph without initializers; attributes of nodes
 * in it may refer to attributes of the call.
 */
export interface FunctionDef extends FunctionId {
  readonly body: Graph;
  /** Names of attributes without a default. */
  readonly attributes: readonly string[];
  /** Attributes with a default. */
  readonly defaults: ReadonlyMap<string, Attribute>;
  /** Domain to opset version, for the body. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly origin: object | undefined;
}
