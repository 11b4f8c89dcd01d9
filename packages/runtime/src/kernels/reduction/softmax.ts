import { type SoftmaxView, softmaxOperator } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { axisLayout } from './axis-layout.ts';

/** Writes a function of `length` elements `step` apart to the same places of `out`; `row` is working memory. */
type Normalize = (
  data: Reals,
  at: number,
  length: number,
  step: number,
  out: Float32Array | Float64Array,
  row: Float64Array,
) => void;

function largestOf(data: Reals, at: number, length: number, step: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0, from = at; i < length; i += 1, from += step) {
    const x = data[from] as number;
    if (x > max || Number.isNaN(x)) max = x;
  }
  return max;
}

/** exp(x - max) / Σ exp(x - max). A row of -Inf, or with +Inf or NaN, gives NaN, as ONNX's definition does. */
const softmax: Normalize = (data, at, length, step, out, row) => {
  const max = largestOf(data, at, length, step);
  let sum = 0;
  for (let i = 0, from = at; i < length; i += 1, from += step) {
    const e = Math.exp((data[from] as number) - max);
    row[i] = e;
    sum += e;
  }
  for (let i = 0, to = at; i < length; i += 1, to += step) out[to] = (row[i] as number) / sum;
};

/** x - max - log Σ exp(x - max), which stays right where Softmax has become 0. */
const logSoftmax: Normalize = (data, at, length, step, out) => {
  const max = largestOf(data, at, length, step);
  let sum = 0;
  for (let i = 0, from = at; i < length; i += 1, from += step) sum += Math.exp((data[from] as number) - max);
  const log = Math.log(sum);
  for (let i = 0, to = at; i < length; i += 1, to += step) out[to] = (data[to] as number) - max - log;
};

/** 1 at the first largest element, 0 elsewhere. NaN counts as largest. */
const hardmax: Normalize = (data, at, length, step, out) => {
  const max = largestOf(data, at, length, step);
  for (let i = 0, from = at; i < length; i += 1, from += step) {
    if (data[from] === max || (Number.isNaN(max) && Number.isNaN(data[from]))) {
      out[from] = 1;
      return;
    }
  }
};

type Name = 'Hardmax' | 'LogSoftmax' | 'Softmax';

const functions: Readonly<Record<Name, Normalize>> = {
  Hardmax: hardmax,
  LogSoftmax: logSoftmax,
  Softmax: softmax,
};

/** Normalises float data along an axis, or along all axes from one on. */
export function normalized(name: Name, x: NdArray, view: SoftmaxView, ctx: KernelContext): NdArray {
  const result = realResult(ctx, x.dtype, x.dims);
  normalizeInto(result.values, functions[name], x, view, ctx);
  return result.done();
}

/** Log-softmax without the rounding to the element type. */
export function logSoftmaxInto(out: Float64Array, x: NdArray, view: SoftmaxView, ctx: KernelContext): void {
  normalizeInto(out, logSoftmax, x, view, ctx);
}

function normalizeInto(
  out: Float32Array | Float64Array,
  normalize: Normalize,
  x: NdArray,
  view: SoftmaxView,
  ctx: KernelContext,
): void {
  if (x.size === 0) return;
  const { outer, length, inner } = axisLayout(x.dims, view.axis, view.coerced);
  const data = reals(x);
  const row = new Float64Array(length);
  for (let o = 0; o < outer; o += 1) {
    for (let i = 0; i < inner; i += 1) normalize(data, o * length * inner + i, length, inner, out, row);
    ctx.tick();
  }
}

/** Softmax, LogSoftmax or Hardmax along an axis, or along all axes from one on before opset 13. */
export function softmaxKernel(name: Name): Kernel {
  const operator = softmaxOperator(name);
  return {
    name,
    run: (inputs, ctx) => [normalized(name, realOperand(inputs, ctx, 0), operator.view(ctx.op), ctx)],
  };
}
