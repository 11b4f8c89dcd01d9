import { constantTensor, type Value } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';

/**
 * `Constant` nodes as initializers, so that everything after sees one kind of constant. They stay in
 * function bodies, which have no initializers, where they are the output of a graph, and below IR 4, where
 * every initializer would have to be an input.
 */
export const constantNodes: Pass = graphPass({
  name: 'constants/nodes',
  summary: 'turn Constant nodes into initializers',
  over: ['Constant'],
  run: ({ model, editor, tick }) => {
    if (model.irVersion < 4) return 0;
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const value = node.is('Constant') ? node.outputs[0] : undefined;
      const graph = node.graph;
      if (!value || !graph || graph.inFunction || value.isGraphOutput) continue;
      const tensor = denseConstant(value);
      if (!tensor) continue;
      const name = value.name;
      const hint = editor.freshName(name);
      const initializer = editor.addInitializer(graph.root, {
        name: hint,
        type: { kind: 'tensor', dtype: tensor.dtype, shape: tensor.dims },
        tensor,
      });
      editor.replaceAllUses(value, initializer);
      editor.eraseNode(node);
      editor.rename(value, hint);
      editor.rename(initializer, name);
      changes += 1;
    }
    return changes;
  },
});

function denseConstant(value: Value): ReturnType<typeof constantTensor> {
  return value.useCount > 0 ? constantTensor(value) : undefined;
}
