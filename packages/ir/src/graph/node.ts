import { type Attribute, graphsOf } from './attribute.ts';
import type { Graph } from './graph.ts';
import type { MutableUse, Value } from './value.ts';

/** The default domain is written `ai.onnx` or not at all; here it is always the empty string. */
export function normalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/**
 * An operation of a graph. Nodes of a graph form a doubly linked list in which definitions precede uses.
 *
 * Read-only for everybody but the `Editor`.
 */
export class Node {
  /** Dense number within the model, for tables of analyses. */
  readonly id: number;
  readonly name: string;
  /** Normalised: empty for the standard domain. */
  readonly domain: string;
  readonly opType: string;
  /** Tells apart functions of one name; empty otherwise. */
  readonly overload: string;
  /** Operands; an optional input that is not given is undefined. */
  readonly inputs: readonly (Value | undefined)[];
  /** Results; an optional output that is not wanted is undefined. */
  readonly outputs: readonly (Value | undefined)[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** The graph in which the node stands; undefined before insertion and after erasure. */
  readonly graph: Graph | undefined;
  readonly prev: Node | undefined;
  readonly next: Node | undefined;
  /** What the file format says beyond the meaning; see `Tensor.origin`. */
  readonly origin: object | undefined;

  /** @internal Place in the list as a number that grows along it; see `Graph.isBefore`. */
  order = 0;
  /** @internal Parallel to `inputs`. */
  readonly operandUses: (MutableUse | undefined)[] = [];

  /** @internal Use `Editor`. */
  constructor(
    id: number,
    opType: string,
    domain: string,
    overload: string,
    name: string,
    attributes: ReadonlyMap<string, Attribute>,
    origin: object | undefined,
  ) {
    this.id = id;
    this.opType = opType;
    this.domain = domain;
    this.overload = overload;
    this.name = name;
    this.attributes = attributes;
    this.inputs = noValues;
    this.outputs = noValues;
    this.graph = undefined;
    this.prev = undefined;
    this.next = undefined;
    this.origin = origin;
  }

  /** Whether this is the operator `opType` of the standard domain `ai.onnx`. */
  is(opType: string): boolean {
    return this.domain === '' && this.opType === opType;
  }

  /** The operator as people write it: `Conv`, `com.microsoft.Gelu`. */
  get op(): string {
    return this.domain === '' ? this.opType : `${this.domain}.${this.opType}`;
  }

  /** The nested graphs of all attributes. */
  get graphs(): readonly Graph[] {
    if (this.attributes.size === 0) return noGraphs;
    let found: Graph[] | undefined;
    for (const attribute of this.attributes.values()) {
      if (attribute.type !== 'graph' && attribute.type !== 'graphs') continue;
      found ??= [];
      found.push(...graphsOf(attribute));
    }
    return found ?? noGraphs;
  }

  /** Name for messages: its own, or that of its first output. */
  get label(): string {
    return this.name !== '' ? this.name : (this.outputs.find((o) => o !== undefined)?.name ?? this.op);
  }
}

const noGraphs: readonly Graph[] = [];
const noValues: readonly Value[] = [];
