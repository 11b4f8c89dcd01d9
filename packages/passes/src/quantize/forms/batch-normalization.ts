import {
  type Attribute,
  batchNormalization,
  constantTensor,
  dtypeOf,
  type Editor,
  type Node,
  outputOf,
  shapeOf,
  tensorFloats,
  tensorOf,
  tensorType,
  type Value,
  type ValueType,
  viewAs,
} from '@refold/ir';
import { standIn } from './stand-in.ts';

/**
 * A BatchNormalization that no layer could take, as a convolution of each channel by itself with one weight: that runs
 * on codes, with a scale for each channel and a bias of 32 bits. Rows get an axis of one place for it, and lose it
 * again. Answers whether it was one.
 */
export function normalizeByConvolution(editor: Editor, node: Node): boolean {
  const [x] = node.inputs;
  const shape = shapeOf(x);
  const numbers = numbersOf(node);
  const { graph } = node;
  if (!numbers || !graph || !x || !shape || shape.length < 2 || dtypeOf(x) !== 'float32') return false;
  const { factor, shift } = numbers;
  const { name, type } = outputOf(node);
  const places = Array.from({ length: Math.max(shape.length, 3) - 2 }, () => 1);
  const weights = tensorOf('float32', [factor.length, 1, ...places], factor);
  const parameters = [
    editor.addConstant(graph, weights, `${name}_weight`),
    editor.addConstant(graph, tensorOf('float32', [shift.length], shift), `${name}_bias`),
  ];
  const made = (opType: string, inputs: readonly Value[], of: ValueType | undefined): Value => {
    const attributes: Attribute[] =
      opType === 'Conv' ? [{ name: 'group', type: 'int', value: factor.length }] : [];
    const outputs = [editor.freshName(name)];
    return outputOf(
      editor.createNode({ opType, inputs, outputs, types: [of], attributes }, { before: node }),
    );
  };
  if (shape.length > 2) return standIn(editor, node, made('Conv', [x, ...parameters], type));
  const last = editor.addConstant(graph, tensorOf('int64', [1], [2]), `${name}_axes`);
  const long = tensorType('float32', [...shape, 1]);
  const rows = made('Conv', [made('Unsqueeze', [x, last], long), ...parameters], long);
  return standIn(editor, node, made('Squeeze', [rows, last], type));
}

/** What each channel is multiplied with, and what is added then. */
function numbersOf(node: Node): { readonly factor: Float64Array; readonly shift: Float64Array } | undefined {
  const view = node.is('BatchNormalization') ? viewAs(node, batchNormalization) : undefined;
  if (!view || view.trainingMode || !view.spatial) return undefined;
  const parameters = node.inputs.slice(1).flatMap((v) => (v && constantTensor(v)) ?? []);
  const [scale, offset, mean, variance] = parameters.map((t) => tensorFloats(t));
  if (!scale || !offset || !mean || !variance) return undefined;
  const factor = scale.map((s, c) => s / Math.sqrt((variance[c] as number) + view.epsilon));
  const shift = offset.map((b, c) => b - (mean[c] as number) * (factor[c] as number));
  const areFinite = [...factor, ...shift].every((v) => Number.isFinite(Math.fround(v)));
  return areFinite ? { factor, shift } : undefined;
}
