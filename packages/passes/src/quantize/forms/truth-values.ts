import { dtypeOf, type Editor, type Node } from '@refold/ir';
import { standIn } from './stand-in.ts';
import { Steps } from './steps.ts';

/**
 * Truth values as numbers, by a choice between the codes of 1 and of 0: Cast(b) = Where(b, 1, 0). Answers whether it was
 * such a Cast, to float32.
 */
export function spellTruthValues(editor: Editor, node: Node): boolean {
  const [truth] = node.inputs;
  const isTruth = node.is('Cast') && dtypeOf(truth) === 'bool' && dtypeOf(node.outputs[0]) === 'float32';
  if (!truth || !isTruth) return false;
  const steps = new Steps(editor, node);
  if (standIn(editor, node, steps.node('Where', [truth, steps.float(1), steps.float(0)]))) return true;
  steps.drop();
  return false;
}
