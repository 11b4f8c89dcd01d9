import {
  type DType,
  dtypeBits,
  dtypeKind,
  encodeSmallFloats,
  isSmallFloat,
  numberToSmallFloat,
  type ScaleLayout,
  smallFloatToNumber,
} from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles, realResult } from '../real-result.ts';
import { forEachScaleRow } from './scale-rows.ts';

/** One scale for a whole tensor. */
export const perTensor: ScaleLayout = { granularity: 'tensor', axis: undefined, blockSize: 0 };

/** Least and greatest code of an integer type. */
export function codeRange(dtype: DType): readonly [number, number] {
  const bits = dtypeBits(dtype);
  return dtypeKind(dtype) === 'signed' ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}

/** Adding and taking this away rounds a double below 2^51 to an integer, halves to the even one. */
export const ROUNDER = 6755399441055744;

/** How codes are made of numbers. */
export interface Coding {
  readonly layout: ScaleLayout;
  readonly scale: Reals;
  readonly zeroPoint: Reals | undefined;
  /** Whether float8 codes saturate. */
  readonly saturate?: boolean;
  /** Type that quotients are rounded to; float32 unless it is stated, as all runtimes have it. */
  readonly precision?: DType | undefined;
}

/** Writes the codes of float32 numbers to an array. NaN, of which ONNX says nothing, gets the least code. */
export function storeCodes(values: Reals, coding: Coding, result: NdArray, ctx: KernelContext): void {
  const quotients = doubles(ctx, result.dims);
  divide(values, coding, result.dims, quotients);
  const { dtype } = result;
  if (isSmallFloat(dtype)) storeFloatCodes(quotients, coding, result);
  else if (dtypeKind(dtype) === 'signed' || dtypeKind(dtype) === 'unsigned') {
    storeIntegerCodes(quotients, coding, result);
  } else {
    throw ctx.op.invalid(`${dtype} is not a type for codes`);
  }
}

/** x / scale, rounded to the precision of the division: multiplying by the reciprocal would give other codes. */
function divide(values: Reals, coding: Coding, dims: readonly number[], out: Float64Array): void {
  const { scale, precision, layout } = coding;
  forEachScaleRow(dims, layout, (at, length, s, step) => {
    for (let i = at, k = s; i < at + length; i += 1, k += step) {
      out[i] = Math.fround((values[i] as number) / (scale[k] as number));
    }
  });
  if (precision === 'float16' || precision === 'bfloat16')
    roundQuotients(values, coding, dims, out, precision);
}

function roundQuotients(
  values: Reals,
  { scale, layout }: Coding,
  dims: readonly number[],
  out: Float64Array,
  precision: 'float16' | 'bfloat16',
): void {
  forEachScaleRow(dims, layout, (at, length, s, step) => {
    for (let i = at, k = s; i < at + length; i += 1, k += step) {
      const quotient = (values[i] as number) / (scale[k] as number);
      out[i] = smallFloatToNumber(precision, numberToSmallFloat(precision, quotient));
    }
  });
}

function storeIntegerCodes(quotients: Float64Array, coding: Coding, result: NdArray): void {
  const [low, high] = codeRange(result.dtype);
  const zeroPoint = coding.zeroPoint ?? noZeroPoint(coding.scale);
  forEachScaleRow(result.dims, coding.layout, (at, length, s, step) => {
    for (let i = at, k = s; i < at + length; i += 1, k += step) {
      const code = (quotients[i] as number) + ROUNDER - ROUNDER + (zeroPoint[k] as number);
      quotients[i] = code >= low ? Math.min(code, high) : low;
    }
  });
  storeReals(quotients, result);
}

function storeFloatCodes(quotients: Float64Array, coding: Coding, result: NdArray): void {
  const { zeroPoint } = coding;
  if (zeroPoint) {
    forEachScaleRow(result.dims, coding.layout, (at, length, s, step) => {
      for (let i = at, k = s; i < at + length; i += 1, k += step) {
        quotients[i] = (quotients[i] as number) + (zeroPoint[k] as number);
      }
    });
  }
  if (
    isSmallFloat(result.dtype) &&
    (result.data instanceof Uint8Array || result.data instanceof Uint16Array)
  ) {
    encodeSmallFloats(result.dtype, quotients, result.data, coding.saturate ?? true);
  }
}

function noZeroPoint(scale: Reals): Reals {
  return new Float64Array(scale.length);
}

/** The numbers that codes mean: (code - zero point) * scale, the difference in float32, rounded to `to`. */
export function numbersOf(codes: NdArray, coding: Coding, to: DType, ctx: KernelContext): NdArray {
  const result = realResult(ctx, to, codes.dims);
  const out = result.values;
  const q = reals(codes);
  const { scale, layout } = coding;
  const zeroPoint = coding.zeroPoint ?? noZeroPoint(scale);
  forEachScaleRow(codes.dims, layout, (at, length, s, step) => {
    for (let i = at, k = s; i < at + length; i += 1, k += step) {
      out[i] = Math.fround((q[i] as number) - (zeroPoint[k] as number)) * (scale[k] as number);
    }
  });
  return result.done();
}
