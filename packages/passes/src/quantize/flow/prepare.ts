import { Editor, inferModel, type Model, type Node } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { raiseOpset } from '../../opset/raise.ts';
import { MIXED_BITS } from '../constraints/bits.ts';
import { operandsOf } from '../constraints/operands.ts';
import { spellAttention } from '../forms/attention.ts';
import { normalizeByConvolution } from '../forms/batch-normalization.ts';
import { spellComputedAddends } from '../forms/computed-addend.ts';
import { spellFeatureColumns } from '../forms/feature-columns.ts';
import { spellHardActivation } from '../forms/hard-activations.ts';
import { addBiases } from '../forms/recurrent-bias.ts';
import { spellRotaryEmbedding } from '../forms/rotary-embedding.ts';
import { spellTruthValues } from '../forms/truth-values.ts';
import type { Target } from '../targets/target.ts';
import { bitsOf } from '../theta/format.ts';
import { cleanModel, hasCodes, PREPARED_OPSET } from './clean.ts';

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
  cleanModel(editor, { opset: mixes ? MIXED_BITS : PREPARED_OPSET, widens: true, tick: options.tick });
  // What has codes already keeps the form in which they were given.
  if (hasCodes(model)) return;
  const nodes = [...nodesWithin(model.graph)];
  for (const node of nodes) spell(editor, node, target);
  if (['MatMul', 'Add'].every((name) => target.operators.has(name))) spellComputedAddends(editor, nodes);
  inferModel(editor);
  const isLow = (model.opsets.get('') ?? MIXED_BITS) < MIXED_BITS;
  if (isLow && hasWideStates(model, target)) raiseOpset(editor, MIXED_BITS, { inferred: true });
}

/** Whether a state is seen that has codes of 16 bits. */
function hasWideStates(model: Model, target: Target): boolean {
  if (!target.activations.types.some((type) => bitsOf(type) === 16)) return false;
  for (const node of nodesWithin(model.graph)) {
    if (!target.operators.has(node.opType)) continue;
    for (const { isWide, inputs, results } of operandsOf(node).states ?? []) {
      const isSeen = inputs.some((i) => node.inputs[i]) || results.some((i) => node.outputs[i]?.useCount);
      if (isWide && isSeen) return true;
    }
  }
  return false;
}

/** Writes a node in operators of the target, if it has none for it. */
function spell(editor: Editor, node: Node, { operators, forms, floatIslands }: Target): void {
  if (operators.has(node.opType) && forms?.get(node.opType)?.(node) !== false) {
    addBiases(editor, node);
    return;
  }
  const has = (...names: readonly string[]): boolean => names.every((name) => operators.has(name));
  if (has('Conv', 'Unsqueeze', 'Squeeze') && normalizeByConvolution(editor, node)) return;
  if (has('Add', 'Mul', 'Clip') && spellHardActivation(editor, node)) return;
  if (has('Add', 'Sub', 'Mul', 'Split', 'Concat') && spellRotaryEmbedding(editor, node)) return;
  if (has('MatMul', 'Mul', 'Softmax', 'Where') && spellAttention(editor, node)) return;
  // Where floats may stand between codes, these are better as they are.
  if (floatIslands) return;
  if (has('Where') && spellTruthValues(editor, node)) return;
  if (has('Gather')) spellFeatureColumns(editor, node);
}
