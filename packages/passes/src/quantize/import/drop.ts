import type { Editor, Node } from '@refold/ir';

/** Erases nodes, from the last one on, as long as nobody reads them, and the constants that only they have read. */
export function drop(editor: Editor, nodes: readonly (Node | undefined)[]): void {
  for (const node of nodes) {
    if (!node?.graph || node.outputs.some((value) => value && value.useCount > 0)) continue;
    editor.eraseNode(node);
    for (const value of new Set(node.inputs))
      if (value?.isInitializer && value.graph && value.useCount === 0) editor.removeInitializer(value);
  }
}
