import type { Graph } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { eraseDead } from '../support/erase-dead.ts';

/** Nodes whose results nobody reads, and initializers that nobody reads. Graph inputs always stay. */
export const deadNodes: Pass = graphPass({
  name: 'dead/nodes',
  summary: 'remove nodes and initializers that nobody reads',
  after: ['duplicates/expressions', 'duplicates/initializers'],
  run: ({ model, editor, tick }) => {
    // Uses come after definitions, so walking backwards would do; nested graphs would not.
    let changes = 0;
    for (const node of [...allNodes(model)]) {
      tick();
      changes += eraseDead(editor, [node]);
    }
    for (const graph of model.graphs())
      changes += dropInitializers(graph, (v) => editor.removeInitializer(v));
    return changes;
  },
});

function dropInitializers(graph: Graph, remove: (value: Graph['outputs'][number]) => void): number {
  let count = 0;
  for (const value of [...graph.initializers]) {
    if (value.useCount > 0) continue;
    remove(value);
    count += 1;
  }
  return count;
}
