import type { DType } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals, storesReals } from '../../tensor/reals.ts';
import { broadcastDims, broadcastLoop, forEachRow } from '../../tensor/strides.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';

export type Bigs = BigInt64Array | BigUint64Array;

/**
 * One innermost loop: `out[at + i] = f(a[x + i * dx], b[y + i * dy])` for i in 0 .. n. Operators write their
 * own, since a loop that calls a function given to it is many times slower than one that adds.
 */
export type Row<T, Out = T> = (
  out: Out,
  a: T,
  b: T,
  at: number,
  n: number,
  x: number,
  dx: number,
  y: number,
  dy: number,
) => void;

/** One operator of two operands, for types that are numbers and for 64-bit integers. */
export interface BinaryLoops {
  readonly reals: Row<Reals>;
  /** Instead of `reals` for int32 and uint32, where a double would round. */
  readonly words?: Row<Reals>;
  readonly bigs?: Row<Bigs>;
}

export function requireSameDType(a: NdArray, b: NdArray, ctx: KernelContext): void {
  if (a.dtype !== b.dtype)
    throw ctx.op.invalid(`its operands have different types, ${a.dtype} and ${b.dtype}`);
}

/** Dims of operands broadcast together. Throws when they do not fit. */
export function requireBroadcast(
  a: readonly number[],
  b: readonly number[],
  ctx: KernelContext,
): readonly number[] {
  const dims = broadcastDims(a, b);
  if (!dims) throw ctx.op.invalid(`shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
  return dims;
}

/** Runs a row over two operands that are broadcast to `dims`. */
export function runRows<T, Out>(
  row: Row<T, Out>,
  out: Out,
  dims: readonly number[],
  a: { readonly data: T; readonly dims: readonly number[] },
  b: { readonly data: T; readonly dims: readonly number[] },
): void {
  const loop = broadcastLoop(dims, a.dims, b.dims);
  const [dx = 0, dy = 0] = loop.steps;
  forEachRow(loop, (at, [x = 0, y = 0]) => row(out, a.data, b.data, at, loop.length, x, dx, y, dy));
}

/** Applies loops to two arrays of one numeric type; the result has that type too. */
export function binary(loops: BinaryLoops, a: NdArray, b: NdArray, ctx: KernelContext): NdArray {
  requireSameDType(a, b, ctx);
  const dims = requireBroadcast(a.dims, b.dims, ctx);
  const result = ctx.alloc(a.dtype, dims);
  if (isBig(a.data)) {
    if (!loops.bigs || !isBig(b.data) || !isBig(result.data))
      throw ctx.op.invalid(`it does not take ${a.dtype}`);
    runRows(loops.bigs, result.data, dims, { data: a.data, dims: a.dims }, { data: b.data, dims: b.dims });
    return result;
  }
  const isWord = a.dtype === 'int32' || a.dtype === 'uint32';
  const row = (isWord ? loops.words : undefined) ?? loops.reals;
  writeReals(result, ctx, (out) => {
    runRows(row, out, dims, { data: reals(a), dims: a.dims }, { data: reals(b), dims: b.dims });
  });
  return result;
}

/** Lets `fill` write numbers straight into an array, or into doubles that are rounded to its type afterwards. */
export function writeReals(array: NdArray, ctx: KernelContext, fill: (out: Reals) => void): void {
  if (storesReals(array.dtype)) {
    fill(array.data as Reals);
    return;
  }
  const out = doubles(ctx, array.dims);
  fill(out);
  storeReals(out, array);
}

export function isBig(data: NdArray['data']): data is Bigs {
  return data instanceof BigInt64Array || data instanceof BigUint64Array;
}

/** Storage as 0 and 1. Throws for other types than bool. */
export function booleans(array: NdArray, ctx: KernelContext, index: number): Uint8Array {
  if (array.dtype !== 'bool' || !(array.data instanceof Uint8Array)) {
    throw ctx.op.invalid(`input ${index} is ${array.dtype satisfies DType}, not bool`);
  }
  return array.data;
}
