import type { Editor, Value } from '@refold/ir';
import { eraseDead } from './erase-dead.ts';

/** Drops a constant that nobody reads any more: an initializer, or a node that makes it. */
export function dropUnread(editor: Editor, value: Value): void {
  if (value.useCount > 0) return;
  if (value.producer) eraseDead(editor, [value.producer]);
  else if (value.isInitializer) editor.removeInitializer(value);
}
