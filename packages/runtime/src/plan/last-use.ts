import type { Graph, Node, Value } from '@refold/ir';

/**
 * The last node of `graph` that needs `value`: by an operand, or because a graph nested in it, at any
 * depth, reads it. `never` when nobody does, `end` when it is an output of `graph` itself.
 */
export function lastUser(value: Value, graph: Graph): Node | 'never' | 'end' {
  let last: Node | undefined;
  for (const use of value.uses()) {
    if (use.graph === graph) return 'end';
    const user = use.node ?? ownerOf(use.graph);
    const node = user && ancestorIn(user, graph);
    if (node && (!last || graph.isBefore(last, node))) last = node;
  }
  return last ?? 'never';
}

function ownerOf(graph: Graph | undefined): Node | undefined {
  return graph?.owner?.kind === 'node' ? graph.owner.node : undefined;
}

/** The node of `graph` that `node` is, or in which it is nested. */
function ancestorIn(node: Node, graph: Graph): Node | undefined {
  let at: Node | undefined = node;
  while (at && at.graph !== graph) at = ownerOf(at.graph);
  return at;
}
