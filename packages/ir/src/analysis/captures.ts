import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';

/**
 * The values from outside that a graph reads: as operands of its nodes, in graphs nested in it, or as
 * outputs. Linear in the graph and what is nested in it.
 */
export function captures(graph: Graph): ReadonlySet<Value> {
  return capturesOf([graph]);
}

/** The values of its own graph, and of those around it, that the nested graphs of a node read. */
export function nodeCaptures(node: Node): ReadonlySet<Value> {
  return node.graphs.length === 0 ? none : capturesOf(node.graphs);
}

const none: ReadonlySet<Value> = new Set();

function capturesOf(graphs: readonly Graph[]): ReadonlySet<Value> {
  const inside = new Set<Graph>();
  const read = new Set<Value>();
  const stack = [...graphs].reverse();
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    inside.add(graph);
    for (const node of graph.nodes()) {
      for (const input of node.inputs) if (input) read.add(input);
      stack.push(...node.graphs);
    }
    for (const output of graph.outputs) read.add(output);
  }
  for (const value of read) if (value.graph && inside.has(value.graph)) read.delete(value);
  return read;
}
