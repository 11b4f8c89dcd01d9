import { type Editor, inferModel, type Model } from '@refold/ir';
import { inlineFunctions } from '../../control/inline-functions.ts';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { defaultPasses } from '../../pipelines.ts';
import { quantizationPasses } from '../../quantization/index.ts';
import { widenHalves } from '../forms/widen-halves.ts';
import { hasFloatWeights, raiseTo, spellCodes } from '../import/spell-codes.ts';

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
  /** Whether the codes of training are kept: fake quantization becomes nodes before constants are folded. */
  readonly keepsTraining?: boolean;
  readonly tick?: (() => void) | undefined;
}

/** What would run on codes rather than on numbers. */
const onCodes: ReadonlySet<string> = new Set(quantizationPasses.map(({ name }) => name));

/**
 * Calls of functions replaced by their bodies, constants folded, copies out, normalizations in the weights or fused
 * where the opset has the operator. A model that was quantized already is only raised. Answers whether the model was
 * trained for codes, which are kept.
 * @throws RefoldError where the opset cannot be raised; ModelError `model/invalid` for fake quantization that makes no
 * codes.
 */
export function cleanModel(editor: Editor, options: CleanOptions): boolean {
  const { opset, widens, keepsTraining, tick } = options;
  const { model } = editor;
  const coded = hasCodes(model);
  // While bodies of functions are of the same opset as the model.
  if (model.functions.size > 0 && !coded) runPasses(editor, [inlineFunctions], { tick });
  raiseTo(editor, opset);
  if (!coded && widens && widenHalves(editor)) inferModel(editor);
  const trained = keepsTraining === true && (spellCodes(editor, tick) || hasFloatWeights(model));
  if (coded && !trained) return false;
  const passes = trained ? defaultPasses.filter(({ name }) => !onCodes.has(name)) : defaultPasses;
  runPasses(editor, passes, { inferred: true, tick });
  return trained;
}

export function hasCodes(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) {
    if (node.is('QuantizeLinear') || node.is('DequantizeLinear')) return true;
  }
  return false;
}
