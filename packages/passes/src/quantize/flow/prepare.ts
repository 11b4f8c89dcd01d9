import { Editor, inferModel, type Model } from '@refold/ir';
import { runPasses } from '../../manager/run.ts';
import { raiseOpset } from '../../opset/raise.ts';
import { defaultPasses } from '../../pipelines.ts';

/**
 * The opset to which older models are raised before they are quantized: it has scales per axis (13), and is the first
 * at which normalizations (17) and Gelu (20) can be nodes of their own, so that their insides are not torn apart.
 */
export const PREPARED_OPSET = 20;

/**
 * Brings a model into the form in which it is quantized: constants folded, normalizations in the weights, copies out,
 * fused where the opset has the operator.
 * @throws RefoldError where the opset cannot be raised.
 */
export function prepareModel(model: Model, options: { readonly tick?: () => void } = {}): void {
  const editor = new Editor(model);
  const opset = model.opsets.get('') ?? PREPARED_OPSET;
  if (opset < PREPARED_OPSET) raiseOpset(editor, PREPARED_OPSET);
  else inferModel(editor);
  runPasses(editor, defaultPasses, { inferred: true, tick: options.tick });
}
