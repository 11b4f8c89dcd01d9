import {
  type CastView,
  type DType,
  dtypeBits,
  encodeSmallFloats,
  isFloat,
  isSmallFloat,
  numberToFloat8e8m0,
  oddDouble,
} from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';
import { type Bigs, isBig } from './loops.ts';

/** Casts between numeric types and bool. */
export function castNumbers(x: NdArray, to: DType, view: CastView, ctx: KernelContext): NdArray {
  const result = ctx.alloc(to, x.dims);
  if (to === 'bool') castToBool(x, result);
  else if (isFloat(to)) storeFloats(isBig(x.data) ? odd(x.data, to, ctx, x) : reals(x), result, view);
  else if (isBig(x.data)) wrapBigs(x.data, result);
  else if (isFloat(x.dtype)) storeReals(truncated(reals(x), to, doubles(ctx, x.dims)), result);
  else storeReals(reals(x), result);
  return result;
}

/** Everything but zero is true, NaN included. */
function castToBool(x: NdArray, result: NdArray): void {
  if (!isBig(x.data)) storeReals(reals(x), result);
  else for (let i = 0; i < x.data.length; i += 1) result.data[i] = x.data[i] === 0n ? 0 : 1;
}

/** 64-bit integers as doubles that round to `to` as the integers themselves would. */
function odd(data: Bigs, to: DType, ctx: KernelContext, x: NdArray): Reals {
  const nearest = reals(x);
  if (to === 'float64') return nearest;
  const out = doubles(ctx, x.dims);
  for (let i = 0; i < out.length; i += 1) {
    const v = nearest[i] as number;
    // Reading a bigint is slow, and needed only where the double is not the integer itself.
    out[i] = Math.abs(v) <= Number.MAX_SAFE_INTEGER ? v : oddDouble(data[i] as bigint);
  }
  return out;
}

/** Rounds numbers to a float type; only float8 types saturate, and only float8e8m0 has rounding modes. */
export function storeFloats(values: ArrayLike<number>, result: NdArray, view: CastView): void {
  const { data, dtype } = result;
  if (dtype === 'float8e8m0') {
    for (let i = 0; i < data.length; i += 1) {
      data[i] = numberToFloat8e8m0(values[i] as number, view.roundMode, view.saturate);
    }
  } else if (isSmallFloat(dtype) && data instanceof Uint8Array) {
    encodeSmallFloats(dtype, values, data, view.saturate);
  } else {
    storeReals(values, result);
  }
}

/** Integers of other widths keep their low bits. */
function wrapBigs(data: Bigs, result: NdArray): void {
  const { data: out } = result;
  if (isBig(out)) {
    for (let i = 0; i < out.length; i += 1) out[i] = data[i] as bigint;
    return;
  }
  const low = new Float64Array(data.length);
  for (let i = 0; i < low.length; i += 1) low[i] = Number(BigInt.asIntN(32, data[i] as bigint));
  storeReals(low, result);
}

const INT32 = 2 ** 31;
const INT64 = 2 ** 63;

/**
 * Floats without their fractions. What an integer type cannot hold, ONNX leaves open; it becomes what
 * x86 makes of it: the least int32 or int64, whose low bits a narrower type takes.
 */
function truncated(x: Reals, to: DType, out: Float64Array): Float64Array {
  const wide = to === 'uint32' || dtypeBits(to) === 64;
  const limit = wide ? INT64 : INT32;
  for (let i = 0; i < out.length; i += 1) {
    const v = Math.trunc(x[i] as number);
    const fits = v >= -limit && (v < limit || (to === 'uint64' && v < 2 * INT64));
    out[i] = fits ? v : -limit;
  }
  return out;
}
