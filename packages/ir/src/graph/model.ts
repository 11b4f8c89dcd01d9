import { type FunctionDef, functionKey } from './function.ts';
import { Graph } from './graph.ts';
import type { Node } from './node.ts';

/**
 * An ONNX model: a main graph, functions, the opsets in force.
 *
 * Read-only for everybody but the `Editor`.
 */
export class Model {
  readonly irVersion: number;
  /** Domain (normalised) to opset version. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: Graph;
  /** By {@link functionKey}. */
  readonly functions: ReadonlyMap<string, FunctionDef> = new Map();
  /** What the file format says beyond the meaning; see `Tensor.origin`. */
  readonly origin: object | undefined;

  /** @internal Next dense number of a value and of a node. */
  nextValueId = 0;
  /** @internal */
  nextNodeId = 0;

  /** @internal Made by readers of a file format and by `newModel`. */
  constructor(
    irVersion: number,
    opsets: ReadonlyMap<string, number>,
    name: string,
    origin?: object,
    graphOrigin?: object,
  ) {
    this.irVersion = irVersion;
    this.opsets = opsets;
    this.origin = origin;
    this.graph = new Graph(this, name, { kind: 'model', model: this }, graphOrigin);
  }

  /** The function that a node calls, if it is a call. Model functions shadow operators of the same name. */
  functionOf(node: Node): FunctionDef | undefined {
    if (this.functions.size === 0) return undefined;
    return this.functions.get(functionKey(node.domain, node.opType, node.overload));
  }

  /** The main graph, function bodies, and all graphs nested in them; outer graphs before inner ones. */
  *graphs(): Generator<Graph> {
    const stack: Graph[] = [...this.functions.values()].map((f) => f.body).reverse();
    stack.push(this.graph);
    for (let graph = stack.pop(); graph; graph = stack.pop()) {
      yield graph;
      for (let node = graph.firstNode; node; node = node.next) {
        const nested = node.graphs;
        if (nested.length > 0) stack.push(...nested);
      }
    }
  }
}
