import type { Graph, Node } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';

/**
 * Nodes whose results nobody reads, and initializers that nobody reads. ONNX operators have no side
 * effects, so operators that refold does not know go as well. Graph inputs always stay.
 */
export const deadNodes: Pass = graphPass({
  name: 'dead/nodes',
  summary: 'remove nodes and initializers that nobody reads',
  after: ['duplicates/expressions', 'duplicates/initializers'],
  run: ({ model, editor, tick }) => {
    let changes = 0;
    const erase = (root: Node): void => {
      const stack: Node[] = [root];
      for (let node = stack.pop(); node; node = stack.pop()) {
        if (!node.graph || !isDead(node)) continue;
        const producers = [...node.inputs, ...capturedBy(node)].map((v) => v?.producer);
        editor.eraseNode(node);
        changes += 1;
        for (const p of producers) if (p) stack.push(p);
      }
    };
    // Uses come after definitions, so walking backwards would do without a stack; nested graphs would not.
    for (const node of [...allNodes(model)]) {
      tick();
      erase(node);
    }
    for (const graph of model.graphs())
      changes += dropInitializers(graph, (v) => editor.removeInitializer(v));
    return changes;
  },
});

function isDead(node: Node): boolean {
  return node.outputs.every((o) => !o || o.useCount === 0);
}

/** Outer values that nested graphs of a node read. */
function capturedBy(node: Node): Node['inputs'] {
  const found: Node['inputs'][number][] = [];
  const stack: Graph[] = [...node.graphs];
  for (let graph = stack.pop(); graph; graph = stack.pop()) {
    found.push(...graph.outputs);
    for (const inner of graph.nodes()) {
      found.push(...inner.inputs);
      stack.push(...inner.graphs);
    }
  }
  return found;
}

function dropInitializers(graph: Graph, remove: (value: Graph['outputs'][number]) => void): number {
  let count = 0;
  for (const value of [...graph.initializers]) {
    if (value.useCount > 0) continue;
    remove(value);
    count += 1;
  }
  return count;
}
