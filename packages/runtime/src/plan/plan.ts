import {
  type FunctionDef,
  type Graph,
  ModelError,
  type Node,
  type OperatorSchema,
  schemaOf,
  schemaVersions,
  type Value,
} from '@refold/ir';
import type { Kernel } from '../kernels/kernel.ts';
import { lastUser } from './last-use.ts';

/** One node, with everything about it that no run changes. */
export interface Step {
  readonly node: Node;
  /** The function that the node calls, if it is a call. */
  readonly callee: FunctionDef | undefined;
  /** The kernel, if it is not a call. */
  readonly kernel: Kernel | undefined;
  readonly schema: OperatorSchema | undefined;
  /** The outputs of the node, but for those that nobody reads. */
  readonly results: readonly (Value | undefined)[];
  /** Values of the graph that nobody needs after this node. */
  readonly releases: readonly Value[];
}

/** How to run one graph: its nodes in the order of the list. */
export interface GraphPlan {
  readonly graph: Graph;
  /** Inputs that nothing reads. */
  readonly unread: readonly Value[];
  readonly steps: readonly Step[];
}

/** Finds kernels by domain (normalised) and name. */
export type KernelLookup = (domain: string, name: string) => Kernel | undefined;

/**
 * Plans a graph; nested graphs are planned when they first run. Linear in the nodes and their uses.
 * Throws `model/unsupported` for an operator without a kernel, `model/invalid` for one that the opset does not have.
 */
export function planGraph(graph: Graph, kernels: KernelLookup): GraphPlan {
  const unread: Value[] = [];
  const dying = new Map<Node, Value[]>();
  for (const input of graph.inputs) {
    const last = lastUser(input, graph);
    if (last === 'never') unread.push(input);
    else if (last !== 'end') push(dying, last, input);
  }
  const steps: Step[] = [];
  for (let node = graph.firstNode; node; node = node.next) {
    const results = node.outputs.map((output) => {
      const last = output ? lastUser(output, graph) : 'never';
      if (output && typeof last !== 'string') push(dying, last, output);
      return last === 'never' ? undefined : output;
    });
    steps.push(planNode(node, graph, kernels, results, dying.get(node)));
  }
  return { graph, unread, steps };
}

/** Plans one node; by itself, all of its outputs are wanted, and nothing is let go. */
export function planNode(
  node: Node,
  graph: Graph,
  kernels: KernelLookup,
  results: readonly (Value | undefined)[] = node.outputs,
  releases: readonly Value[] = [],
): Step {
  const callee = graph.model.functionOf(node);
  if (callee) return { node, callee, kernel: undefined, schema: undefined, results, releases };
  const schema = schemaIn(graph, node);
  const kernel = kernels(node.domain, node.opType);
  if (kernel) return { node, callee, kernel, schema, results, releases };
  throw new ModelError(
    'model/unsupported',
    `no kernel for operator ${node.op}`,
    whereIs(node),
    node.domain === '' ? undefined : 'Give a kernel for it in `kernels`.',
  );
}

function schemaIn(graph: Graph, node: Node): OperatorSchema | undefined {
  if (schemaVersions(node.domain, node.opType).length === 0) return undefined;
  const opset = graph.opset(node.domain);
  if (opset === undefined) {
    throw new ModelError('model/invalid', `no opset of domain "${node.domain}" is imported`, whereIs(node));
  }
  const schema = schemaOf(node.domain, node.opType, opset);
  if (!schema) {
    throw new ModelError('model/invalid', `opset ${opset} has no operator ${node.op}`, whereIs(node));
  }
  return schema;
}

function whereIs(node: Node): { node: string; op: string } {
  return { node: node.label, op: node.op };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
