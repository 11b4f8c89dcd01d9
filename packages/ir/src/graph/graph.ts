import type { FunctionDef } from './function.ts';
import { InitializerList, type Initializers } from './initializers.ts';
import type { Model } from './model.ts';
import type { Node } from './node.ts';
import type { MutableUse, Value } from './value.ts';

/** What holds a graph: the model (its main graph), a function (its body), or a node (a nested graph). */
export type GraphOwner =
  | { readonly kind: 'model'; readonly model: Model }
  | { readonly kind: 'function'; readonly function: FunctionDef }
  | { readonly kind: 'node'; readonly node: Node };

/**
 * A region: inputs, initializers, a list of nodes, outputs. Nested graphs may read values of the graphs
 * around them.
 *
 * Read-only for everybody but the `Editor`.
 */
export class Graph {
  readonly model: Model;
  readonly name: string;
  /** Undefined while the graph is attached to a node that is not made yet. */
  readonly owner: GraphOwner | undefined;
  readonly inputs: readonly Value[] = [];
  readonly outputs: readonly Value[] = [];
  /** Initializers that are not inputs, in the order of the file. */
  readonly initializers: Initializers = new InitializerList();
  readonly firstNode: Node | undefined = undefined;
  readonly lastNode: Node | undefined = undefined;
  readonly nodeCount: number = 0;
  /** What the file format says beyond the meaning; see `Tensor.origin`. */
  readonly origin: object | undefined;

  /** @internal Parallel to `outputs`. */
  readonly outputUses: MutableUse[] = [];

  /** @internal Use `Editor`. */
  constructor(model: Model, name: string, owner: GraphOwner | undefined, origin: object | undefined) {
    this.model = model;
    this.name = name;
    this.owner = owner;
    this.origin = origin;
  }

  /** The graph around a nested graph. */
  get outer(): Graph | undefined {
    return this.owner?.kind === 'node' ? this.owner.node.graph : undefined;
  }

  /** Whether this is the main graph or a nested graph of it, not of a function. */
  get root(): Graph {
    let graph: Graph = this;
    for (let outer = graph.outer; outer; outer = graph.outer) graph = outer;
    return graph;
  }

  /** The function in whose body this graph stands, if any. */
  get inFunction(): FunctionDef | undefined {
    const owner = this.root.owner;
    return owner?.kind === 'function' ? owner.function : undefined;
  }

  /**
   * The nodes, definitions before uses. The graph may be changed while it is walked: nodes inserted after
   * the one in hand are visited, erased ones are not.
   */
  *nodes(): Generator<Node> {
    let node = this.firstNode;
    while (node) {
      if (node.graph === this) yield node;
      // An erased node keeps its `next`, which leads back into the list.
      node = node.next;
    }
  }

  /** Whether `a` stands before `b`; both must be nodes of this graph. */
  isBefore(a: Node, b: Node): boolean {
    return a.order < b.order;
  }

  /** The opset version of a domain that holds in this graph; undefined when it is not imported. */
  opset(domain = ''): number | undefined {
    const fn = this.inFunction;
    return (fn ?? this.model).opsets.get(domain);
  }
}
