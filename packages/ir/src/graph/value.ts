import type { Dim } from '../types/dim.ts';
import type { SparseTensor, Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';
import type { Graph } from './graph.ts';
import type { Node } from './node.ts';

/**
 * One use of a value: operand `index` of `node`, or output `index` of `graph` when `node` is absent.
 * The uses of a value form a doubly linked list, so that adding and removing one is O(1).
 */
export interface Use {
  readonly value: Value;
  readonly node: Node | undefined;
  readonly graph: Graph | undefined;
  readonly index: number;
  readonly next: Use | undefined;
}

/** @internal The writable side of {@link Use}. */
export interface MutableUse {
  value: Value;
  node: Node | undefined;
  graph: Graph | undefined;
  index: number;
  prev: MutableUse | undefined;
  next: MutableUse | undefined;
}

/**
 * A value of the SSA form: defined once, by a node, as an input of a graph, or as an initializer.
 * Identity is the object. The name is a label that the file shows, unique along nested graphs when written.
 *
 * Read-only for everybody but the `Editor`.
 */
export class Value {
  /** Dense number within the model, for tables of analyses. */
  readonly id: number;
  readonly name: string;
  /** The graph in which the value is defined; undefined once it is erased. */
  readonly graph: Graph | undefined;
  /** The node that defines it, when it is not an input or an initializer. */
  readonly producer: Node | undefined;
  /** Place among the outputs of the producer, or among the inputs of the graph; -1 for initializers. */
  readonly index: number;
  /** What is known of its type. Absent, or right: inference only refines it. */
  readonly type: ValueType | undefined;
  /** The type that the file states for it. A hint: files may lie, and inference does not believe them. */
  readonly declared: ValueType | undefined;
  /**
   * Symbolic contents of an integer tensor of rank 0 or 1 that holds sizes (shape data), if known.
   * A scalar has one element; the rank is that of `type`.
   */
  readonly contents: readonly Dim[] | undefined;
  /** Data of an initializer, or the default of a graph input that has one. */
  readonly tensor: Tensor | undefined;
  /** Data of a sparse initializer. */
  readonly sparse: SparseTensor | undefined;
  /** Whether the caller may feed another value in place of `tensor` (an initializer that is an input, IR >= 4). */
  readonly overridable: boolean;
  /** What the file format says beyond the meaning (doc string, metadata, declared type); see `Tensor.origin`. */
  readonly origin: object | undefined;

  /** @internal */
  firstUse: MutableUse | undefined = undefined;
  /** Number of uses, those in nested graphs and as graph outputs included. */
  readonly useCount: number = 0;

  /** @internal Use `Editor`. */
  constructor(
    id: number,
    name: string,
    graph: Graph | undefined,
    producer: Node | undefined,
    index: number,
    type: ValueType | undefined,
    origin: object | undefined,
  ) {
    this.id = id;
    this.name = name;
    this.graph = graph;
    this.producer = producer;
    this.index = index;
    this.type = type;
    this.declared = undefined;
    this.contents = undefined;
    this.tensor = undefined;
    this.sparse = undefined;
    this.overridable = false;
    this.origin = origin;
  }

  /** Whether it is an input of its graph (an initializer that is also an input is one). */
  get isInput(): boolean {
    return this.producer === undefined && this.index >= 0;
  }

  /** Whether it is an initializer, not an input. */
  get isInitializer(): boolean {
    return this.producer === undefined && this.index < 0 && this.graph !== undefined;
  }

  /** Whether it is an output of some graph (its own, or a nested one that hands an outer value through). */
  get isGraphOutput(): boolean {
    for (let use = this.firstUse; use; use = use.next) if (use.graph) return true;
    return false;
  }

  /** All uses. The list may be changed while it is walked, as long as the use in hand is what is changed. */
  *uses(): Generator<Use> {
    let use = this.firstUse;
    while (use) {
      const next: MutableUse | undefined = use.next;
      yield use;
      use = next;
    }
  }

  /** The nodes that read it, each once per operand. Uses as a graph output are not among them. */
  *users(): Generator<Node> {
    for (const use of this.uses()) if (use.node) yield use.node;
  }

  /** The one use, if there is exactly one. */
  get onlyUse(): Use | undefined {
    return this.useCount === 1 ? this.firstUse : undefined;
  }
}
