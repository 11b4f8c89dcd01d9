import { type Editor, inferModel, type Model } from '@refold/ir';
import { inlineFunctions } from '../../control/inline-functions.ts';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { raiseOpset } from '../../opset/raise.ts';
import { defaultPasses } from '../../pipelines.ts';
import { widenHalves } from '../forms/widen-halves.ts';

/**
 * The opset to which older models are raised before they are quantized: it has scales per axis (13), and is the first
 * at which normalizations (17) and Gelu (20) can be nodes of their own, so that their insides are not torn apart.
 */
export const PREPARED_OPSET = 20;

export interface CleanOptions {
  /** Older models are raised to it. */
  readonly opset: number;
  /** Whether what is computed in float16 or bfloat16 is computed in float32 instead. */
  readonly widens?: boolean;
  readonly tick?: (() => void) | undefined;
}

/**
 * Calls of functions replaced by their bodies, constants folded, copies out, normalizations in the weights or fused
 * where the opset has the operator. A model that has codes already is only raised.
 * @throws RefoldError where the opset cannot be raised.
 */
export function cleanModel(editor: Editor, { opset, widens, tick }: CleanOptions): void {
  const { model } = editor;
  const coded = hasCodes(model);
  // While bodies of functions are of the same opset as the model.
  if (model.functions.size > 0 && !coded) runPasses(editor, [inlineFunctions], { tick });
  if ((model.opsets.get('') ?? opset) < opset) raiseOpset(editor, opset);
  else inferModel(editor);
  if (coded) return;
  if (widens && widenHalves(editor)) inferModel(editor);
  runPasses(editor, defaultPasses, { inferred: true, tick });
}

export function hasCodes(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) {
    if (node.is('QuantizeLinear') || node.is('DequantizeLinear')) return true;
  }
  return false;
}
