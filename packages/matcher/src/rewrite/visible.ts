import type { Graph, Node, Value } from '@refold/ir';

/** The node of `graph` that holds `node` in a nested graph, or is it; undefined when `graph` is not around it. */
export function holderIn(graph: Graph, node: Node): Node | undefined {
  let at: Node | undefined = node;
  while (at && at.graph !== graph) {
    const owner: Graph['owner'] = at.graph?.owner;
    at = owner?.kind === 'node' ? owner.node : undefined;
  }
  return at;
}

/** Whether a node may read a value: it is defined before it, in its graph or in one around it. */
export function isVisibleAt(value: Value, node: Node): boolean {
  const graph = value.graph;
  const holder = graph && holderIn(graph, node);
  if (!graph || !holder) return false;
  return !value.producer || (value.producer !== holder && graph.isBefore(value.producer, holder));
}

/** Whether a graph may give a value as its output. */
export function isVisibleAtEnd(value: Value, graph: Graph): boolean {
  if (value.graph === graph) return true;
  return graph.owner?.kind === 'node' && isVisibleAt(value, graph.owner.node);
}

/** The values that a node reads, those read in its nested graphs from outside these included. */
export function operandsOf(node: Node): readonly Value[] {
  const out: Value[] = [];
  for (const input of node.inputs) if (input) out.push(input);
  if (node.graphs.length === 0) return out;
  const inside = new Set<Graph>();
  const stack: Graph[] = [...node.graphs];
  const read: Value[] = [];
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    inside.add(graph);
    read.push(...graph.outputs);
    for (const inner of graph.nodes()) {
      for (const input of inner.inputs) if (input) read.push(input);
      stack.push(...inner.graphs);
    }
  }
  for (const value of read) if (value.graph && !inside.has(value.graph)) out.push(value);
  return out;
}
