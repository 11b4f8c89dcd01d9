import { Editor, type Model, type Node } from '@refold/ir';

/** Puts the nodes of the main graph into another order that has definitions before uses. */
export function shuffleNodes(model: Model): void {
  const editor = new Editor(model);
  const { graph } = model;
  const nodes = [...graph.nodes()];
  const position = new Map<Node, number>(nodes.map((node, i) => [node, i]));
  const at = (node: Node | undefined): number => (node ? (position.get(node) ?? -1) : -1);
  // Each node goes right behind the last one that it needs, from the last node to the first.
  for (const node of nodes.toReversed()) {
    if (node.graphs.length > 0) continue;
    let last: Node | undefined;
    for (const value of node.inputs) {
      const before = value?.producer;
      if (before?.graph === graph && at(before) > at(last)) last = before;
    }
    if (last) editor.moveNode(node, { after: last });
  }
}
