import { Editor, inferModel, type Model, type Node } from '@refold/ir';
import { inlineFunctions } from '../../control/inline-functions.ts';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { raiseOpset } from '../../opset/raise.ts';
import { defaultPasses } from '../../pipelines.ts';
import { normalizeByConvolution } from '../forms/batch-normalization.ts';
import { spellComputedAddends } from '../forms/computed-addend.ts';
import { gatherFeatures } from '../forms/feature-extractor.ts';
import { spellHardActivation } from '../forms/hard-activations.ts';
import { widenHalves } from '../forms/widen-halves.ts';
import type { Target } from '../targets/target.ts';
import { bitsOf } from '../theta/format.ts';

/**
 * The opset to which older models are raised before they are quantized: it has scales per axis (13), and is the first
 * at which normalizations (17) and Gelu (20) can be nodes of their own, so that their insides are not torn apart.
 */
export const PREPARED_OPSET = 20;

/** The first with codes of 4 and of 16 bits. */
const MIXED_BITS = 21;

export interface PrepareOptions {
  readonly tick?: (() => void) | undefined;
  /** Whether there will be codes that are not those which the target has first. */
  readonly mixesBits?: boolean;
}

/**
 * Brings a model into the form in which it is quantized for a target: calls of functions replaced by their bodies, floats
 * of 16 bits widened, constants folded, normalizations in the weights, copies out, fused where the opset has the operator, and spelled in
 * operators that the target runs on codes. A model that has codes already keeps its form.
 * @throws RefoldError where the opset cannot be raised.
 */
export function prepareModel(model: Model, target: Target, options: PrepareOptions = {}): void {
  const editor = new Editor(model);
  const types = [target.activations.types[0], target.weights.types[0]];
  const mixes = options.mixesBits || types.some((type) => type !== undefined && bitsOf(type) !== 8);
  const wanted = mixes ? MIXED_BITS : PREPARED_OPSET;
  // While bodies of functions are of the same opset as the model.
  if (model.functions.size > 0 && !hasCodes(model))
    runPasses(editor, [inlineFunctions], { tick: options.tick });
  if ((model.opsets.get('') ?? wanted) < wanted) raiseOpset(editor, wanted);
  else inferModel(editor);
  // What has codes already keeps the form in which they were given.
  if (hasCodes(model)) return;
  if (widenHalves(editor)) inferModel(editor);
  runPasses(editor, defaultPasses, { inferred: true, tick: options.tick });
  const nodes = [...nodesWithin(model.graph)];
  for (const node of nodes) spell(editor, node, target);
  if (['MatMul', 'Add'].every((name) => target.operators.has(name))) spellComputedAddends(editor, nodes);
  inferModel(editor);
}

function hasCodes(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) {
    if (node.is('QuantizeLinear') || node.is('DequantizeLinear')) return true;
  }
  return false;
}

/** Writes a node in operators of the target, if it has none for it. */
function spell(editor: Editor, node: Node, { operators }: Target): void {
  const hasAll = (...names: readonly string[]): boolean => names.every((name) => operators.has(name));
  if (operators.has(node.opType)) return;
  if (hasAll('Conv', 'Unsqueeze', 'Squeeze') && normalizeByConvolution(editor, node)) return;
  if (hasAll('Gather') && gatherFeatures(editor, node)) return;
  if (hasAll('Add', 'Mul', 'Clip')) spellHardActivation(editor, node);
}
