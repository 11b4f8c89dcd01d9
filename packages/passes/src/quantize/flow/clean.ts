import { type Editor, inferModel, type Model } from '@refold/ir';
import { inlineFunctions } from '../../control/inline-functions.ts';
import type { Pass } from '../../manager/pass.ts';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { defaultPasses } from '../../pipelines.ts';
import { widenHalves } from '../forms/widen-halves.ts';
import { raiseTo } from '../raise-to.ts';

/**
 * The opset to which older models are raised before they are quantized: it has scales per axis (13), and is the first
 * at which normalizations (17) and Gelu (20) can be nodes of their own, so that their insides are not torn apart.
 */
export const PREPARED_OPSET = 20;

export interface CleanOptions {
  /** Older models are raised to it. */
  readonly opset: number;
  readonly tick?: (() => void) | undefined;
}

/**
 * Calls of functions replaced by their bodies, constants folded, copies out, normalizations in the weights or fused
 * where the opset has the operator. A model that has codes already is only raised.
 * @throws RefoldError where the opset cannot be raised.
 */
export function cleanModel(editor: Editor, options: CleanOptions): void {
  raiseModel(editor, options);
  if (!hasCodes(editor.model)) runPasses(editor, defaultPasses, { inferred: true, tick: options.tick });
}

/** Raises a model whose types are not known yet; unless it has codes, calls of functions become their bodies first. */
export function raiseModel(editor: Editor, { opset, tick }: CleanOptions): void {
  // While bodies of functions are of the same opset as the model.
  if (editor.model.functions.size > 0 && !hasCodes(editor.model))
    runPasses(editor, [inlineFunctions], { tick });
  raiseTo(editor, opset);
}

/** What is computed in float16 or bfloat16 becomes float32; then the model is simplified by some passes. */
export function simplifyWide(editor: Editor, passes: readonly Pass[], tick: (() => void) | undefined): void {
  if (widenHalves(editor)) inferModel(editor);
  runPasses(editor, passes, { inferred: true, tick });
}

/** Whether something in a model makes codes, or reads some. */
export function hasCodes(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) {
    if (node.is('QuantizeLinear') || node.is('DequantizeLinear')) return true;
  }
  return false;
}
