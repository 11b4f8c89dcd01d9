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
