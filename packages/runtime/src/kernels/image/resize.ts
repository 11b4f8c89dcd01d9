import { isInteger, type Operator, type ResizeView, resize, upsample } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { asTensor, reals, storeReals } from '../../tensor/reals.ts';
import { copyWords, type Words, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { axisTaps, type ResizedAxis, type Taps } from './axis-taps.ts';
import { isIdentity, resizedAxes } from './resized-axes.ts';

/** `Resize`, all versions. Interpolation is separable: one axis is resized after the other. */
export const resizeKernel: Kernel = resizing('Resize', resize);

/** `Upsample`: the older form. */
export const upsampleKernel: Kernel = resizing('Upsample', upsample);

function resizing(name: string, operator: Operator<ResizeView>): Kernel {
  return { name, run: (inputs, ctx) => run(inputs, ctx, operator) };
}

function run(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  operator: Operator<ResizeView>,
): readonly (NdValue | undefined)[] {
  const view = operator.view(ctx.op);
  // Only `nearest` leaves elements as they are, so only it takes all of them.
  const x = view.mode === 'nearest' ? asTensor(inputs[0], ctx, 0) : realOperand(inputs, ctx, 0);
  if (view.scales === undefined && view.sizes === undefined)
    throw ctx.op.invalid('it has neither scales nor sizes');
  const dims = resultDims(ctx, operator, view);
  if (x.size === 0 && !dims.includes(0)) throw ctx.op.invalid('an empty tensor cannot be resized');
  const axes = resizedAxes(ctx.op, view, x.dims, dims).filter((a) => !isIdentity(view, a));
  if (axes.length === 0) return [x];
  if (dims.includes(0)) return [ctx.alloc(x.dtype, dims)];
  return [view.mode === 'nearest' ? nearest(ctx, view, x, axes) : interpolate(ctx, view, x, axes)];
}

/** Moves elements of whatever type; nothing is computed. */
function nearest(ctx: KernelContext, view: ResizeView, x: NdArray, axes: readonly ResizedAxis[]): NdArray {
  let current = x;
  for (const a of axes) {
    ctx.tick();
    const dims = withSize(current.dims, a);
    const out = ctx.alloc(x.dtype, dims);
    const taps = axisTaps(view, a, (count) => doubles(ctx, [count]));
    const { width, words } = wordsOf(out);
    gather(words, wordsOf(current).words, a, taps.places, innerSize(dims, a.axis) * width);
    if (taps.outside) extrapolate(ctx, view, out, a, taps);
    current = out;
  }
  return current;
}

function gather(to: Words, from: Words, a: ResizedAxis, places: Int32Array, run: number): void {
  if (run === 1) {
    for (let at = 0, start = 0; at < to.length; start += a.from) {
      for (let x = 0; x < a.to; x += 1, at += 1)
        to[at] = from[start + (places[x] as number)] as number & string;
    }
    return;
  }
  for (let at = 0, start = 0; at < to.length; start += a.from * run) {
    for (let x = 0; x < a.to; x += 1, at += run)
      copyWords(to, at, from, start + (places[x] as number) * run, run);
  }
}

/** Gives places outside the region their value, in an array of the final type. */
function extrapolate(ctx: KernelContext, view: ResizeView, out: NdArray, a: ResizedAxis, taps: Taps): void {
  if (Array.isArray(out.data)) throw ctx.op.invalid('strings have no extrapolation value');
  const one = ctx.alloc(out.dtype, [1]);
  storeReals([view.extrapolationValue], one);
  const { words, width } = wordsOf(out);
  const value = wordsOf(one).words;
  const run = innerSize(out.dims, a.axis);
  for (let at = 0; at < out.size; ) {
    for (let x = 0; x < a.to; x += 1) {
      for (let i = 0; i < run; i += 1, at += 1) {
        if (taps.outside?.[x] === 1) copyWords(words, at * width, value, 0, width);
      }
    }
  }
}

/** Weighted sums in double, rounded once at the end. */
function interpolate(
  ctx: KernelContext,
  view: ResizeView,
  x: NdArray,
  axes: readonly ResizedAxis[],
): NdArray {
  let data: ArrayLike<number> = reals(x);
  let dims = x.dims;
  for (const a of axes) {
    ctx.tick();
    dims = withSize(dims, a);
    const out = doubles(ctx, dims);
    const taps = axisTaps(view, a, (count) => doubles(ctx, [count]));
    blend(out, data, a, taps, innerSize(dims, a.axis), view.extrapolationValue);
    data = out;
  }
  const result = ctx.alloc(x.dtype, dims);
  // Integers are cut off, so a sum that is an integer but for the last bits of a double must become one.
  storeReals(isInteger(x.dtype) ? Float32Array.from(data) : data, result);
  return result;
}

function blend(
  out: Float64Array,
  data: ArrayLike<number>,
  a: ResizedAxis,
  taps: Taps,
  run: number,
  extrapolation: number,
): void {
  const { count, places, weights, outside } = taps;
  for (let at = 0, start = 0; at < out.length; start += a.from * run) {
    for (let x = 0; x < a.to; x += 1, at += run) {
      if (outside?.[x] === 1) {
        out.fill(extrapolation, at, at + run);
        continue;
      }
      for (let k = x * count; k < (x + 1) * count; k += 1) {
        const w = weights[k] as number;
        if (w === 0) continue;
        const from = start + (places[k] as number) * run;
        for (let i = 0; i < run; i += 1)
          out[at + i] = (out[at + i] as number) + w * (data[from + i] as number);
      }
    }
  }
}

function withSize(dims: readonly number[], a: ResizedAxis): readonly number[] {
  return dims.map((d, i) => (i === a.axis ? a.to : d));
}

function innerSize(dims: readonly number[], axis: number): number {
  let size = 1;
  for (let i = axis + 1; i < dims.length; i += 1) size *= dims[i] ?? 1;
  return size;
}
