import { type LinearAttentionView, linearAttention } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { type RealResult, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

/** One operand [B, T, width]: where the part of a head begins. */
interface Packed {
  readonly data: Reals;
  readonly width: number;
}

/** The recurrence of one head: its state [keySize, valueSize] and what flows into it. */
interface Recurrence {
  readonly keySize: number;
  readonly valueSize: number;
  readonly state: Float64Array;
}

/** Multiplies the state by exp(decay): one factor a key element, or one for all. */
function decayState(r: Recurrence, decay: Reals, at: number, perKey: boolean): void {
  for (let d = 0; d < r.keySize; d += 1) {
    const factor = Math.exp(decay[perKey ? at + d : at] as number);
    for (let i = d * r.valueSize; i < (d + 1) * r.valueSize; i += 1)
      r.state[i] = (r.state[i] as number) * factor;
  }
}

/** out = Σ x[d] * state[d]: what the state answers to a key or a query. */
function readState(r: Recurrence, x: Reals, at: number, out: Float64Array): void {
  out.fill(0);
  for (let d = 0; d < r.keySize; d += 1) {
    const factor = x[at + d] as number;
    const row = d * r.valueSize;
    for (let m = 0; m < r.valueSize; m += 1)
      out[m] = (out[m] as number) + factor * (r.state[row + m] as number);
  }
}

/** state += key ⊗ value */
function writeState(r: Recurrence, key: Reals, at: number, value: Float64Array): void {
  for (let d = 0; d < r.keySize; d += 1) {
    const factor = key[at + d] as number;
    const row = d * r.valueSize;
    for (let m = 0; m < r.valueSize; m += 1) {
      r.state[row + m] = (r.state[row + m] as number) + factor * (value[m] as number);
    }
  }
}

interface Operands {
  readonly query: Packed;
  readonly key: Packed;
  readonly value: Packed;
  readonly decay: Packed | undefined;
  readonly beta: Packed | undefined;
}

/** Runs the recurrence of one key head over all steps of a sample, for every query head that shares it. */
function runHead(
  ctx: KernelContext,
  view: LinearAttentionView,
  scale: number,
  r: Recurrence,
  operands: Operands,
  place: { readonly sample: number; readonly head: number; readonly steps: number },
  out: Float32Array | Float64Array,
): void {
  const { query, key, value, decay, beta } = operands;
  const { sample, head, steps } = place;
  const shared = view.qNumHeads / view.kvNumHeads;
  const perKey = decay !== undefined && decay.width !== view.kvNumHeads;
  const written = new Float64Array(r.valueSize);
  const answer = new Float64Array(r.valueSize);
  for (let t = 0; t < steps; t += 1) {
    const step = sample * steps + t;
    if (decay) decayState(r, decay.data, step * decay.width + head * (perKey ? r.keySize : 1), perKey);
    const keyAt = step * key.width + head * r.keySize;
    const valueAt = step * value.width + head * r.valueSize;
    for (let m = 0; m < r.valueSize; m += 1) written[m] = value.data[valueAt + m] as number;
    if (beta) {
      const rate = beta.data[step * beta.width + (beta.width === 1 ? 0 : head)] as number;
      readState(r, key.data, keyAt, answer);
      for (let m = 0; m < r.valueSize; m += 1)
        written[m] = rate * ((written[m] as number) - (answer[m] as number));
    }
    writeState(r, key.data, keyAt, written);
    for (let h = head * shared; h < (head + 1) * shared; h += 1) {
      readState(r, query.data, step * query.width + h * r.keySize, answer);
      const to = (step * view.qNumHeads + h) * r.valueSize;
      for (let m = 0; m < r.valueSize; m += 1) out[to + m] = scale * (answer[m] as number);
    }
    ctx.tick();
  }
}

/** Sizes of a problem, as query, value and the parameters tell them. */
interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly keySize: number;
  readonly valueSize: number;
}

/** An operand [batch, steps, width] of one of the allowed widths. */
function packed(
  ctx: KernelContext,
  index: number,
  array: NdArray,
  sizes: Sizes,
  ...widths: number[]
): Packed {
  const [batch, steps, width = 0] = array.dims;
  if (array.rank !== 3 || batch !== sizes.batch || steps !== sizes.steps || !widths.includes(width)) {
    throw ctx.op.invalid(`operand ${index} has shape [${array.dims.join(', ')}]`);
  }
  return { data: reals(array), width };
}

/** Runs every head of every sample from its past state and gives the present one. */
function runAll(
  ctx: KernelContext,
  view: LinearAttentionView,
  sizes: Sizes,
  operands: Operands,
  past: NdArray | undefined,
  out: RealResult,
  present: RealResult,
): void {
  // Without elements there is nothing to walk, however many samples there are.
  if ((out.values.length === 0 && present.values.length === 0) || view.scale === undefined) return;
  const { batch, steps, keySize, valueSize } = sizes;
  const size = keySize * valueSize;
  const before = past && reals(past);
  for (let sample = 0, at = 0; sample < batch; sample += 1) {
    for (let head = 0; head < view.kvNumHeads; head += 1, at += size) {
      const state = new Float64Array(size);
      if (before) for (let i = 0; i < size; i += 1) state[i] = before[at + i] as number;
      const recurrence = { keySize, valueSize, state };
      runHead(ctx, view, view.scale, recurrence, operands, { sample, head, steps }, out.values);
      present.values.set(state, at);
    }
  }
}

export const linearAttentionKernel: Kernel = {
  name: 'LinearAttention',
  run(inputs, ctx) {
    const [query, key, value] = [
      realOperand(inputs, ctx, 0),
      realOperand(inputs, ctx, 1),
      realOperand(inputs, ctx, 2),
    ];
    const [past, decay, beta] = [3, 4, 5].map((i) => inputs[i] && realOperand(inputs, ctx, i));
    const view = linearAttention.view(ctx.op);
    const result = realResult(ctx, query.dtype, resultDims(ctx, linearAttention, view));
    const [batch = 0, steps = 0, hidden = 0] = query.dims;
    const heads = view.kvNumHeads;
    const keySize = hidden / view.qNumHeads;
    const sizes = { batch, steps, keySize, valueSize: (value.dims[2] ?? 0) / heads };
    const stateDims = [batch, heads, keySize, sizes.valueSize];
    if (past && past.dims.join() !== stateDims.join()) {
      throw ctx.op.invalid(`past_state has shape [${past.dims.join(', ')}], not [${stateDims.join(', ')}]`);
    }
    const operands = {
      query: packed(ctx, 0, query, sizes, hidden),
      key: packed(ctx, 1, key, sizes, heads * keySize),
      value: packed(ctx, 2, value, sizes, heads * sizes.valueSize),
      decay: decay && packed(ctx, 4, decay, sizes, heads, heads * keySize),
      beta: beta && packed(ctx, 5, beta, sizes, heads, 1),
    };
    const present = realResult(ctx, past?.dtype ?? query.dtype, stateDims);
    runAll(ctx, view, sizes, operands, past, result, present);
    return [result.done(), present.done()];
  },
};
