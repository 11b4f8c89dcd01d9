import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import { type Row, requireBroadcast, runRows } from '../elementwise/loops.ts';
import type { KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { codeRange, perTensor, storeCodes } from './codes.ts';
import { floatHalfEven, multiplierOf, type RequantizationMode } from './requantization-mode.ts';

const difference: Row<Reals> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) - (b[y] as number);
};

const product: Row<Reals> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) * (b[y] as number);
};

/** Codes less their zero point, which broadcasts to them. They are exact in the result's type. */
export function lessZeroPoint(codes: NdArray, zeroPoint: NdArray | undefined, ctx: KernelContext): NdArray {
  if (zeroPoint && zeroPoint.dtype !== codes.dtype) {
    throw ctx.op.invalid(`codes are ${codes.dtype}, their zero point is ${zeroPoint.dtype}`);
  }
  const isByte = codes.dtype === 'int8' || codes.dtype === 'uint8';
  if (!zeroPoint && isByte) return codes;
  const result = ctx.alloc(isByte ? 'int16' : 'float32', codes.dims);
  const zero = zeroPoint ?? ctx.alloc(codes.dtype, []);
  const dims = requireBroadcast(codes.dims, zero.dims, ctx);
  if (dims.length !== codes.rank || dims.some((d, i) => d !== codes.dims[i])) {
    throw ctx.op.invalid(
      `zero points of shape [${zero.dims.join(', ')}] do not fit [${codes.dims.join(', ')}]`,
    );
  }
  const out = reals(result);
  runRows(
    difference,
    out,
    dims,
    { data: reals(codes), dims: codes.dims },
    { data: reals(zero), dims: zero.dims },
  );
  return result;
}

/** Scales of two factors of a product, as float32; dims broadcast to those of the product. */
export function productScale(a: NdArray, b: NdArray, ctx: KernelContext): NdArray {
  const dims = requireBroadcast(a.dims, b.dims, ctx);
  const result = ctx.alloc('float32', dims);
  runRows(product, reals(result), dims, { data: reals(a), dims: a.dims }, { data: reals(b), dims: b.dims });
  return result;
}

/** What an accumulator is turned back into codes with. */
export interface Requantization {
  /** Scale of the accumulated products; broadcasts to the result. */
  readonly scale: NdArray;
  readonly outScale: NdArray;
  readonly outZeroPoint: NdArray;
}

/**
 * y = saturate(round(float32(acc) * m) + zero point), where m = float32(scale / outScale). One multiplier
 * per product scale, as runtimes have it, not a division per element.
 */
export function requantize(
  sums: Float64Array,
  dims: readonly number[],
  how: Requantization,
  ctx: KernelContext,
  mode: RequantizationMode = floatHalfEven,
): NdArray {
  const { outScale, outZeroPoint } = how;
  if (outScale.size !== 1 || outZeroPoint.size !== 1)
    throw ctx.op.invalid('the result needs one scale and zero point');
  const spread = requireBroadcast(dims, how.scale.dims, ctx);
  if (spread.length !== dims.length || spread.some((d, i) => d !== dims[i])) {
    throw ctx.op.invalid(`scales of shape [${how.scale.dims.join(', ')}] do not fit [${dims.join(', ')}]`);
  }
  const multiplier = Float32Array.from(reals(how.scale), (s) => s / (reals(outScale)[0] as number));
  if (mode !== floatHalfEven) return requantizeIn(mode, sums, dims, multiplier, how, ctx);
  for (let i = 0; i < sums.length; i += 1) sums[i] = Math.fround(sums[i] as number);
  const scaled = ctx.alloc('float32', dims);
  runRows(product, reals(scaled), dims, { data: sums, dims }, { data: multiplier, dims: how.scale.dims });
  const result = ctx.alloc(outZeroPoint.dtype, dims);
  storeCodes(reals(scaled), { layout: perTensor, scale: ONE, zeroPoint: reals(outZeroPoint) }, result, ctx);
  return result;
}

/**
 * The codes that the operands of a QLinearConv or QLinearMatMul make of its sums: operands 6 and 7 are scale and zero
 * point of the result.
 * @param scales of the factors; they broadcast to the result.
 */
export function requantizeAsAsked(
  sums: Float64Array,
  dims: readonly number[],
  scales: readonly [NdArray, NdArray],
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  mode: RequantizationMode,
): NdArray {
  const scale = productScale(...scales, ctx);
  const [outScale, outZeroPoint] = [realOperand(inputs, ctx, 6), realOperand(inputs, ctx, 7)];
  return requantize(sums, dims, { scale, outScale, outZeroPoint }, ctx, mode);
}

const ONE = new Float32Array([1]);

/** The same as a processor does it: exact integers, one at a time. */
function requantizeIn(
  mode: RequantizationMode,
  sums: Float64Array,
  dims: readonly number[],
  multiplier: Float32Array,
  { scale, outZeroPoint }: Requantization,
  ctx: KernelContext,
): NdArray {
  const multiply = Array.from(multiplier, (m) => multiplierOf(mode, m));
  const scaled = doubles(ctx, dims);
  const indices = Float64Array.from(multiplier.keys());
  const row: Row<Float64Array> = (out, a, b, at, n, x, dx, y, dy) => {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy)
      out[i] = multiply[b[y] as number]?.(a[x] as number) ?? 0;
  };
  runRows(row, scaled, dims, { data: sums, dims }, { data: indices, dims: scale.dims });
  const [low, high] = codeRange(outZeroPoint.dtype);
  const zero = reals(outZeroPoint)[0] as number;
  for (let i = 0; i < scaled.length; i += 1)
    scaled[i] = Math.min(high, Math.max(low, (scaled[i] as number) + zero));
  const result = ctx.alloc(outZeroPoint.dtype, dims);
  storeReals(scaled, result);
  return result;
}

/** Sums as int32 would hold them: exact in double, then cut to 32 bits. */
export function wrapToInt32(sums: Float64Array): void {
  for (let i = 0; i < sums.length; i += 1) sums[i] = (sums[i] as number) | 0;
}
