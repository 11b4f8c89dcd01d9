import type { DType } from '@refold/ir';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { type Coding, numbersOf, perTensor, storeCodes } from '../quantization/codes.ts';
import { realOperand } from '../real-operand.ts';

/**
 * Scale and zero point, operands of one element; an absent zero point is 0. Most of ONNX Runtime's quantized
 * operators give what decoding, the float operator and encoding give one after the other.
 */
export function codingOperands(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  scaleIndex: number,
  dtype: DType,
): Coding {
  const scale = reals(scalarOperand(inputs, ctx, scaleIndex));
  if (inputs[scaleIndex + 1] === undefined) return { layout: perTensor, scale, zeroPoint: undefined };
  const zero = scalarOperand(inputs, ctx, scaleIndex + 1);
  if (zero.dtype !== dtype) throw ctx.op.invalid(`codes are ${dtype}, a zero point is ${zero.dtype}`);
  return { layout: perTensor, scale, zeroPoint: reals(zero) };
}

/** An operand with one element, as a scalar. */
export function scalarOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
): NdArray {
  const parameter = realOperand(inputs, ctx, index);
  if (parameter.size !== 1) throw ctx.op.invalid(`input ${index} has ${parameter.size} elements, not one`);
  return parameter.reshaped([]);
}

/** A zero point, or 0 of the type of the codes. */
export function scalarZeroPoint(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
  dtype: DType,
): NdArray {
  return inputs[index] === undefined ? ctx.alloc(dtype, []) : scalarOperand(inputs, ctx, index);
}

/** Codes of 8 bits. */
export function codesOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
): NdArray {
  const codes = realOperand(inputs, ctx, index);
  if (codes.dtype !== 'uint8' && codes.dtype !== 'int8')
    throw ctx.op.invalid(`codes are ${codes.dtype}, not 8 bits`);
  return codes;
}

/** The float32 numbers of operand `index`, which its scale and zero point follow. */
export function decodedOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
): NdArray {
  const codes = codesOperand(inputs, ctx, index);
  return numbersOf(codes, codingOperands(inputs, ctx, index + 1, codes.dtype), 'float32', ctx);
}

/** Float32 numbers as codes. */
export function encoded(numbers: NdArray, coding: Coding, dtype: DType, ctx: KernelContext): NdArray {
  const result = ctx.alloc(dtype, numbers.dims);
  storeCodes(reals(numbers), coding, result, ctx);
  return result;
}

/** Turns codes into other codes through a function of the numbers they mean: a table of 256 entries. */
export function mapCodes(
  codes: NdArray,
  from: Coding,
  to: Coding,
  f: (numbers: NdArray) => NdArray,
  ctx: KernelContext,
): NdArray {
  const every = codes.dtype === 'int8' ? new Int8Array(256) : new Uint8Array(256);
  for (let i = 0; i < 256; i += 1) every[i] = i;
  const all = new NdArray(codes.dtype, [256], every);
  const table = encoded(f(numbersOf(all, from, 'float32', ctx)), to, codes.dtype, ctx).data;
  const result = ctx.alloc(codes.dtype, codes.dims);
  for (let i = 0; i < result.data.length; i += 1) {
    // A negative code of int8 stands in the upper half of the table.
    result.data[i] = table[(codes.data[i] as number) & 255] as number;
  }
  return result;
}
