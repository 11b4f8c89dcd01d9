import type { Editor, Graph, Node } from '@refold/ir';

/**
 * Erases those of the nodes whose results nobody reads, and what only they had read. ONNX operators have no side
 * effects, so operators that refold does not know go as well. Stops at nodes that are to be kept. Returns how
 * many are gone.
 */
export function eraseDead(editor: Editor, nodes: Iterable<Node>, isKept?: (node: Node) => boolean): number {
  let count = 0;
  const stack: Node[] = [];
  for (const root of nodes) {
    stack.push(root);
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (!node.graph || !isDead(node) || isKept?.(node)) continue;
      editor.eraseNode(node);
      count += 1;
      for (const value of node.inputs) if (value?.producer) stack.push(value.producer);
      for (const value of capturedBy(node)) if (value?.producer) stack.push(value.producer);
    }
  }
  return count;
}

function isDead(node: Node): boolean {
  for (const output of node.outputs) if (output && output.useCount > 0) return false;
  return true;
}

/** Outer values that nested graphs of a node read. What they define themselves has gone with the node. */
function capturedBy(node: Node): Node['inputs'] {
  if (node.graphs.length === 0) return [];
  const read: Node['inputs'][number][] = [];
  const inner = new Set<Graph>(node.graphs);
  for (const graph of inner) {
    read.push(...graph.outputs);
    for (const nested of graph.nodes()) {
      read.push(...nested.inputs);
      for (const deeper of nested.graphs) inner.add(deeper);
    }
  }
  return read.filter((value) => !(value?.graph && inner.has(value.graph)));
}
