import { Editor, inferModel, type Model, type Node } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { raiseOpset } from '../../opset/raise.ts';
import { defaultPasses } from '../../pipelines.ts';
import { quantizationPasses } from '../../quantization/index.ts';
import type { Diagnostic } from '../classes/diagnostic.ts';
import { MIXED_BITS } from '../constraints/bits.ts';
import { operandsOf } from '../constraints/operands.ts';
import { spellAttention } from '../forms/attention.ts';
import { normalizeByConvolution } from '../forms/batch-normalization.ts';
import { spellComputedAddends } from '../forms/computed-addend.ts';
import { spellFeatureColumns } from '../forms/feature-columns.ts';
import { spellHardActivation } from '../forms/hard-activations.ts';
import { addBiases } from '../forms/recurrent-bias.ts';
import { spellRotaryEmbedding } from '../forms/rotary-embedding.ts';
import { hasFloatWeights, spellCodes } from '../import/spell-codes.ts';
import { takeOverCodes } from '../import/take-over.ts';
import type { Target } from '../targets/target.ts';
import { bitsOf } from '../theta/format.ts';
import type { Theta } from '../theta/theta.ts';
import { hasCodes, PREPARED_OPSET, raiseModel, simplifyWide } from './clean.ts';

/** How `prepareModel` is run. */
export interface PrepareOptions {
  readonly tick?: (() => void) | undefined;
  /** Whether there will be codes that are not those which the target has first. */
  readonly mixesBits?: boolean;
}

/** What a model says of its codes before anything was measured. */
export interface Prepared {
  /** Whether the model was trained for codes. */
  readonly trained: boolean;
  /** Scales and zero points of training, for the option `overrides`. */
  readonly overrides: ReadonlyMap<string, Theta>;
  /** What the target cannot have of that. */
  readonly diagnostics: readonly Diagnostic[];
}

const untrained: Prepared = { trained: false, overrides: new Map(), diagnostics: [] };

/** What would run on the codes that training has left rather than on numbers. */
const onCodes: ReadonlySet<string> = new Set(quantizationPasses.map(({ name }) => name));

/**
 * Brings a model into the form in which it is quantized for a target: calls of functions replaced by their bodies,
 * floats of 16 bits widened, constants folded, normalizations in the weights, copies out, fused where the opset has the
 * operator, and spelled in operators that the target runs on codes. Codes of training, be they nodes or arithmetic, are
 * taken over. A model that was quantized already keeps its form.
 * @throws RefoldError where the opset cannot be raised; ModelError `model/invalid` for fake quantization whose scale is
 * not positive, or whose zero point is none of its codes.
 */
export function prepareModel(model: Model, target: Target, options: PrepareOptions = {}): Prepared {
  const editor = new Editor(model);
  const { tick } = options;
  const types = [target.activations.types[0], target.weights.types[0]];
  const mixes = options.mixesBits || types.some((type) => type !== undefined && bitsOf(type) !== 8);
  raiseModel(editor, { opset: mixes ? MIXED_BITS : PREPARED_OPSET, tick });
  const trained = spellCodes(editor, tick) || hasFloatWeights(model);
  // What has codes already keeps the form in which they were given.
  if (hasCodes(model) && !trained) return untrained;
  const passes = trained ? defaultPasses.filter(({ name }) => !onCodes.has(name)) : defaultPasses;
  simplifyWide(editor, passes, tick);
  const nodes = [...nodesWithin(model.graph)];
  for (const node of nodes) spell(editor, node, target);
  if (['MatMul', 'Add'].every((name) => target.operators.has(name))) spellComputedAddends(editor, nodes);
  inferModel(editor);
  const isLow = (model.opsets.get('') ?? MIXED_BITS) < MIXED_BITS;
  if (isLow && hasWideStates(model, target)) raiseOpset(editor, MIXED_BITS, { inferred: true });
  return trained ? { trained, ...takeOverCodes(editor, target) } : untrained;
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
  // Where floats may stand between codes, columns are as good as they are.
  if (!floatIslands && has('Gather')) spellFeatureColumns(editor, node);
}
