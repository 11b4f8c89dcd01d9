import {
  broadcastsInto,
  type Dim,
  type DType,
  dtypeOf,
  type Graph,
  type Known,
  type Node,
  type Shape,
  shapeOf,
  type Value,
  type View,
} from '@refold/ir';
import { congruent } from '../canonical/congruent.ts';
import { ConstRef } from '../canonical/const-ref.ts';
import { paramsOf } from '../canonical/params.ts';

/** What guards and builders may ask about the graph. Answers that need a proof are `unknown` without one. */
export interface Query {
  /** The graph in which the match lies. */
  readonly graph: Graph;
  /** Version of the standard opset there; 0 when it is not imported. */
  readonly opset: number;
  /** Whether two values are the same in every run: one value, equal constants, or congruent computations. */
  same(a: Value, b: Value): boolean;
  /** Whether `from` broadcasts against `to` without changing the shape of `to`. */
  broadcastsTo(from: Value, to: Value): Known;
  /** The constant behind a value, if it is one. */
  constant(value: Value | undefined): ConstRef | undefined;
  /** Parameters of a node by meaning; undefined when they cannot be told. */
  view(node: Node): View | undefined;
  dtype(value: Value): DType | undefined;
  shape(value: Value): Shape | undefined;
  rank(value: Value): number | undefined;
  /** The size that a name of the pattern stands for. */
  dim(name: string): Dim | undefined;
}

/** The answers for a match in `graph` whose pattern bound `sizes`. */
export function queryOf(graph: Graph, sizes: ReadonlyMap<string, Dim> = noSizes): Query {
  return new GraphQuery(graph, sizes);
}

const noSizes: ReadonlyMap<string, Dim> = new Map();

class GraphQuery implements Query {
  readonly graph: Graph;
  private readonly sizes: ReadonlyMap<string, Dim>;

  constructor(graph: Graph, sizes: ReadonlyMap<string, Dim>) {
    this.graph = graph;
    this.sizes = sizes;
  }

  get opset(): number {
    return this.graph.opset() ?? 0;
  }

  same(a: Value, b: Value): boolean {
    return congruent(a, b);
  }

  broadcastsTo(from: Value, to: Value): Known {
    return broadcastsInto(shapeOf(from), shapeOf(to));
  }

  constant(value: Value | undefined): ConstRef | undefined {
    return value && ConstRef.of(value);
  }

  view(node: Node): View | undefined {
    return paramsOf(node);
  }

  dtype(value: Value): DType | undefined {
    return dtypeOf(value);
  }

  shape(value: Value): Shape | undefined {
    return shapeOf(value);
  }

  rank(value: Value): number | undefined {
    return shapeOf(value)?.length;
  }

  dim(name: string): Dim | undefined {
    return this.sizes.get(name);
  }
}
