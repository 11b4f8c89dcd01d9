import { type Editor, type Node, outputOf, replaceValue, type Value } from '@refold/ir';
import { eraseDead } from '../../support/erase-dead.ts';

/** Puts a value in place of the only result of a node, under its name. Answers false where that cannot be. */
export function standIn(editor: Editor, node: Node, value: Value): boolean {
  const result = outputOf(node);
  const { name } = result;
  if (!replaceValue(editor, result, value)) {
    if (value.producer) eraseDead(editor, [value.producer]);
    return false;
  }
  if (value.name !== name) {
    editor.rename(result, editor.freshName(name));
    editor.rename(value, name);
  }
  eraseDead(editor, [node]);
  return true;
}
