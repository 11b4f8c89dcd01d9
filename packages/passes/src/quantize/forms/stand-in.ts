import { canReplaceValue, type Editor, type Node, outputOf, replaceValue, type Value } from '@refold/ir';
import { eraseDead } from '../../support/erase-dead.ts';

/** Puts a value in place of the only result of a node, under its name. Answers false where that cannot be. */
export function standIn(editor: Editor, node: Node, value: Value): boolean {
  if (standInForAll(editor, node, new Map([[outputOf(node), value]]))) return true;
  if (value.producer) eraseDead(editor, [value.producer]);
  return false;
}

/** Puts values in place of all results of a node that are read, under their names. */
export function standInForAll(editor: Editor, node: Node, values: ReadonlyMap<Value, Value>): boolean {
  if (![...values].every(([result, value]) => canReplaceValue(result, value))) return false;
  for (const [result, value] of values) {
    const { name, type } = result;
    replaceValue(editor, result, value);
    if (!value.type) editor.setType(value, type);
    if (value.name === name) continue;
    editor.rename(result, editor.freshName(name));
    editor.rename(value, name);
  }
  eraseDead(editor, [node]);
  return true;
}
