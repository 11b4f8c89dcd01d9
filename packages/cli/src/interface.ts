import { type Editor, inferModel } from '@refold/ir';
import { cutGraph, dropOutputs } from './cut.ts';
import type { SimplifyOptions } from './options.ts';
import { pinInputs } from './pin.ts';

/** Changes what a model takes and gives, as options ask for: pinned sizes, fewer outputs, a part cut out. */
export function changeInterface(editor: Editor, options: SimplifyOptions): void {
  const { inputShapes, unusedOutputs, inputs, outputs } = options;
  const { model } = editor;
  if (inputShapes) pinInputs(editor, model, inputShapes);
  if (unusedOutputs) dropOutputs(editor, model.graph, unusedOutputs);
  if (inputs || outputs) {
    inferModel(editor);
    cutGraph(editor, model, inputs, outputs);
  }
}
