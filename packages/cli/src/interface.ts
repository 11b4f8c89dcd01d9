import { Editor, inferModel, type Model } from '@refold/ir';
import { cutGraph, dropOutputs } from './cut.ts';
import type { SimplifyOptions } from './options.ts';
import { pinInputs } from './pin.ts';

/** Changes what a model takes and gives, as options ask for: pinned sizes, fewer outputs, a part cut out. */
export function changeInterface(model: Model, options: SimplifyOptions): void {
  const { inputShapes, unusedOutputs, inputs, outputs } = options;
  const editor = new Editor(model);
  if (inputShapes) pinInputs(editor, model, inputShapes);
  if (unusedOutputs) dropOutputs(editor, model.graph, unusedOutputs);
  if (inputs || outputs) {
    inferModel(editor);
    cutGraph(editor, model, inputs, outputs);
  }
}
