import type { Graph, Node, Value } from '@refold/ir';

/** The values that graphs nested in a node read from around them. */
export function captures(node: Node): ReadonlySet<Value> {
  return node.graphs.length === 0 ? none : capturesOf(node.graphs);
}

const none: ReadonlySet<Value> = new Set();

/** The values that graphs, and those nested in them, read from around them. */
export function capturesOf(graphs: readonly Graph[]): ReadonlySet<Value> {
  const inside = new Set<Graph>();
  const stack = [...graphs];
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    inside.add(graph);
    for (let inner = graph.firstNode; inner; inner = inner.next) stack.push(...inner.graphs);
  }
  const found = new Set<Value>();
  const note = (value: Value | undefined): void => {
    if (value?.graph && !inside.has(value.graph)) found.add(value);
  };
  for (const graph of inside) {
    for (const output of graph.outputs) note(output);
    for (let inner = graph.firstNode; inner; inner = inner.next)
      for (const input of inner.inputs) note(input);
  }
  return found;
}
