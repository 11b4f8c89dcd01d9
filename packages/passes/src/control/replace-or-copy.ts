import { type Editor, type Node, replaceValue, type Value } from '@refold/ir';

/** Lets everyone read `result` in place of `output`; where it cannot take the name of a graph output, an Identity before `node` carries that. */
export function replaceOrCopy(editor: Editor, output: Value, result: Value, node: Node): void {
  if (output.useCount === 0 || replaceValue(editor, output, result)) return;
  const name = output.name;
  editor.rename(output, editor.freshName(name));
  const copy = editor.createNode(
    {
      opType: 'Identity',
      inputs: [result],
      outputs: [name],
      types: [output.type],
      outputOrigins: [output.origin],
    },
    { before: node },
  ).outputs[0];
  if (copy) editor.replaceAllUses(output, copy);
}
