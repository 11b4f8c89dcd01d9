import { type Editor, type Node, outputOf, tensorFloats, tensorOf } from '@refold/ir';
import type { CodeFamily } from '../targets/target.ts';
import { cellNumbers } from '../theta/cells.ts';
import { bitsOf, type CodeType, codesOf, middleOf } from '../theta/format.ts';
import { powerAbove } from '../theta/theta.ts';
import { type CodedWeight, codedWeight } from './coded-weights.ts';
import { drop } from './drop.ts';

/**
 * Brings the codes of a weight into the form that a target has: other codes for the same numbers, and where codes are
 * narrow, the one above the least one in its place. Where the target cannot have the scales, the numbers themselves
 * are written, of which codes can be made anew. Answers whether the codes are kept.
 */
export function fitWeight(editor: Editor, dequantize: Node, family: CodeFamily): boolean {
  const weight = codedWeight(dequantize);
  if (!weight) return true;
  const { dtype } = weight.thetas.format;
  const to = family.types.includes(dtype)
    ? dtype
    : family.types.find((type) => bitsOf(type) === bitsOf(dtype));
  if (!to || !fits(weight, to, family)) {
    writeNumbers(editor, dequantize, weight);
    return false;
  }
  const shift = middleOf(to) - middleOf(dtype);
  const [least] = codesOf({ ...weight.thetas.format, dtype: to, narrow: family.narrow });
  const before = tensorFloats(weight.codes);
  if (shift !== 0 || before.some((q) => q < least))
    writeCodes(
      editor,
      dequantize,
      weight,
      to,
      before.map((q) => Math.max(q + shift, least)),
    );
  return true;
}

function fits({ cells, thetas }: CodedWeight, to: CodeType, family: CodeFamily): boolean {
  const { format, scales, zeroPoints } = thetas;
  const middle = middleOf(format.dtype);
  return (
    bitsOf(to) === bitsOf(format.dtype) &&
    (cells.kind === 'tensor' || family.perChannel) &&
    (!family.powerOfTwo || scales.every((s) => powerAbove(s) === s)) &&
    (!family.symmetric || zeroPoints.every((z) => z === middle))
  );
}

function writeCodes(
  editor: Editor,
  dequantize: Node,
  { codes, thetas }: CodedWeight,
  to: CodeType,
  values: Float64Array,
): void {
  const { graph } = dequantize;
  if (!graph) return;
  const shift = middleOf(to) - middleOf(thetas.format.dtype);
  const before = [dequantize.inputs[0], dequantize.inputs[2]];
  const name = before[0]?.name ?? '';
  editor.setOperand(dequantize, 0, editor.addConstant(graph, tensorOf(to, codes.dims, values), name));
  if (shift !== 0) {
    const zeroPoints = thetas.zeroPoints.map((z) => z + shift);
    const zero = tensorOf(to, thetas.dims, zeroPoints);
    editor.setOperand(dequantize, 2, editor.addConstant(graph, zero, `${name}_zero_point`));
  }
  for (const value of before)
    if (value?.isInitializer && value.useCount === 0) editor.removeInitializer(value);
}

function writeNumbers(editor: Editor, dequantize: Node, { codes, cells, thetas }: CodedWeight): void {
  const { graph } = dequantize;
  const result = outputOf(dequantize);
  if (!graph) return;
  const { scales, zeroPoints } = cellNumbers(codes.dims, cells, thetas);
  const numbers = tensorFloats(codes).map((q, i) =>
    Math.fround((q - (zeroPoints[i] as number)) * (scales[i] as number)),
  );
  const name = dequantize.inputs[0]?.name.replace(/_quantized$/, '') ?? '';
  editor.replaceAllUses(result, editor.addConstant(graph, tensorOf('float32', codes.dims, numbers), name));
  drop(editor, [dequantize]);
}
