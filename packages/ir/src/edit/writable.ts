import type { Attribute } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { InitializerList } from '../graph/initializers.ts';
import type { Node } from '../graph/node.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Lists<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

// The one checked edge at which the read-only tables are written to.
export const writable = <T extends object>(x: T): Writable<T> => x as Writable<T>;
export const lists = <T extends Node | Graph>(x: T): Lists<T> => x as Lists<T>;
export const initializersOf = (graph: Graph): InitializerList => graph.initializers as InitializerList;
export const attributesOf = (node: Node): Map<string, Attribute> => {
  if (node.attributes === noAttributes) writable(node).attributes = new Map();
  return node.attributes as Map<string, Attribute>;
};

/** Nodes without attributes share one table; the first attribute that is set gives a node its own. */
const noAttributes: ReadonlyMap<string, Attribute> = new Map();

export function tableOf(attributes: Iterable<Attribute> | undefined): ReadonlyMap<string, Attribute> {
  if (attributes === undefined) return noAttributes;
  const table = new Map<string, Attribute>();
  for (const a of attributes) table.set(a.name, a);
  return table.size > 0 ? table : noAttributes;
}
