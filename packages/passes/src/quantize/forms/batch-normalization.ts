import {
  batchNormalization,
  constantTensor,
  dtypeOf,
  type Editor,
  type Node,
  outputOf,
  shapeOf,
  tensorFloats,
  tensorOf,
  viewAs,
} from '@refold/ir';
import { standIn } from './stand-in.ts';

/**
 * A BatchNormalization that no convolution could take, as a convolution of each channel by itself with one weight: that
 * runs on codes, with a scale for each channel and a bias of 32 bits. Answers whether it was one.
 */
export function normalizeByConvolution(editor: Editor, node: Node): boolean {
  const view = node.is('BatchNormalization') ? viewAs(node, batchNormalization) : undefined;
  const [x, ...rest] = node.inputs;
  const rank = shapeOf(x)?.length;
  if (!view || view.trainingMode || !view.spatial || !x || rank === undefined || rank < 3) return false;
  if (dtypeOf(x) !== 'float32') return false;
  const parameters = rest.flatMap((v) => (v && constantTensor(v)) ?? []).map((t) => tensorFloats(t));
  const [scale, shift, mean, variance] = parameters;
  if (!scale || !shift || !mean || !variance || !node.graph) return false;
  const factor = scale.map((s, c) => s / Math.sqrt((variance[c] as number) + view.epsilon));
  const bias = shift.map((b, c) => b - (mean[c] as number) * (factor[c] as number));
  if (![...factor, ...bias].every((v) => Number.isFinite(Math.fround(v)))) return false;
  const { graph } = node;
  const result = outputOf(node);
  const ones = Array.from({ length: rank - 1 }, () => 1);
  const weights = editor.addConstant(
    graph,
    tensorOf('float32', [factor.length, ...ones], factor),
    `${result.name}_weight`,
  );
  const added = editor.addConstant(graph, tensorOf('float32', [bias.length], bias), `${result.name}_bias`);
  const made = editor.createNode(
    {
      opType: 'Conv',
      inputs: [x, weights, added],
      outputs: [editor.freshName(result.name)],
      types: [result.type],
      attributes: [{ name: 'group', type: 'int', value: factor.length }],
    },
    { before: node },
  );
  return standIn(editor, node, outputOf(made));
}
