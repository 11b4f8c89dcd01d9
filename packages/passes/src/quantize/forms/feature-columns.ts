import { constantTensor, dtypeOf, type Editor, type Node, shapeOf, tensorInts, tensorOf } from '@refold/ir';
import { standIn } from './stand-in.ts';
import { Steps } from './steps.ts';

/**
 * Columns of a table, which are moved as they are: ArrayFeatureExtractor(x, columns) = Gather along the last axis. Answers
 * whether it was one, of more than a vector: that becomes a table of one row.
 */
export function spellFeatureColumns(editor: Editor, node: Node): boolean {
  const [x, columns] = node.inputs;
  const rank = shapeOf(x)?.length;
  if (node.domain !== 'ai.onnx.ml' || node.opType !== 'ArrayFeatureExtractor') return false;
  if (!x || !columns || rank === undefined || rank < 2 || dtypeOf(x) !== 'float32') return false;
  const steps = new Steps(editor, node);
  const known = constantTensor(columns);
  const places = known
    ? steps.constant(tensorOf('int64', [known.size], tensorInts(known)))
    : steps.reshape(columns, -1);
  if (standIn(editor, node, steps.node('Gather', [x, places], { axis: -1 }))) return true;
  steps.drop();
  return false;
}
