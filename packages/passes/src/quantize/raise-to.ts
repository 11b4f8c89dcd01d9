import { type Editor, inferModel } from '@refold/ir';
import { raiseOpset } from '../opset/raise.ts';

/**
 * Raises the opset of an older model. Types are known then.
 * @throws RefoldError where the opset cannot be raised.
 */
export function raiseTo(editor: Editor, opset: number): void {
  if ((editor.model.opsets.get('') ?? opset) < opset) raiseOpset(editor, opset);
  else inferModel(editor);
}
