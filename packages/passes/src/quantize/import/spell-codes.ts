import type { Editor, Model, Node } from '@refold/ir';
import { runPasses } from '../../manager/run.ts';
import { nodesWithin } from '../../manager/walk.ts';
import { foldFakeQuant } from '../../quantization/fake-quant.ts';
import { readFakeQuant } from '../../quantization/fake-quant-reader.ts';
import { stepOperators } from '../../quantization/steps.ts';
import { nodesBehind } from '../../support/computed-constant.ts';
import { producerOf } from '../../support/view.ts';
import { MIXED_BITS } from '../constraints/bits.ts';
import { isReadAsWeights } from '../constraints/operands.ts';
import { isFloat } from '../constraints/runs-on-codes.ts';
import { raiseTo } from '../raise-to.ts';
import { broken } from './code-pair.ts';

/**
 * Writes fake quantization that is spelled in arithmetic as nodes that make codes, before constants are folded: what
 * becomes of a weight would not tell its scale any more. Types must be known. Answers whether there was any.
 * @throws ModelError `model/invalid` for a scale that is not positive, or a zero point that is none of the codes.
 */
export function spellCodes(editor: Editor, tick: (() => void) | undefined): boolean {
  const found = [...nodesWithin(editor.model.graph)].flatMap((node) => {
    const fake = node.domain === '' && stepOperators.includes(node.opType) ? readFakeQuant(node) : undefined;
    if (fake && 'broken' in fake) throw broken(node, fake.why);
    return fake ?? [];
  });
  if (found.length === 0) return false;
  if (found.some(({ dtype }) => dtype.endsWith('16'))) raiseTo(editor, MIXED_BITS);
  runPasses(editor, [foldFakeQuant], { exactness: 'approximate', inferred: true, tick });
  return true;
}

/** Whether weights of floats are made codes in the graph. Training leaves that behind; quantizing writes codes. */
export function hasFloatWeights(model: Model): boolean {
  for (const node of nodesWithin(model.graph)) {
    if (!node.is('DequantizeLinear') || !isReadAsWeights(node)) continue;
    const clip = producerOf(node.inputs[0], 'Clip');
    const data = producerOf(clip ? clip.inputs[0] : node.inputs[0], 'QuantizeLinear')?.inputs[0];
    // What is computed from codes, such as a table that is turned to be the last layer, was quantized.
    if (data && nodesBehind(data)?.every((made) => !readsCodes(made))) return true;
  }
  return false;
}

/** Whether a node makes numbers of codes, by itself or as the beginning of arithmetic. */
function readsCodes(node: Node): boolean {
  return node.is('DequantizeLinear') || (node.is('Cast') && !isFloat(node.inputs[0]));
}
