import { type LinearAttentionView, linearAttention } from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
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

export const linearAttentionKernel: Kernel = {
  name: 'LinearAttention',
  run(inputs, ctx) {
    const arrays = inputs.map((input, i) => input && realOperand(inputs, ctx, i));
    const [query, key, value] = [0, 1, 2].map((i) => realOperand(inputs, ctx, i));
    if (!query || !key || !value) throw ctx.op.invalid('query, key and value are needed');
    const view = linearAttention.view(ctx.op);
    if (view.scale === undefined) throw ctx.op.invalid('the scale is not known');
    const result = realResult(ctx, query.dtype, resultDims(ctx, linearAttention, view));
    const past = arrays[3];
    const [batch = 0, steps = 0] = query.dims;
    const keySize = (query.dims[2] ?? 0) / view.qNumHeads;
    const valueSize = (value.dims[2] ?? 0) / view.kvNumHeads;
    const stateDims = [batch, view.kvNumHeads, keySize, valueSize];
    const widths = [keySize * view.kvNumHeads, valueSize * view.kvNumHeads];
    for (const [i, array] of [key, value].entries()) {
      if (array.dims[0] !== batch || array.dims[1] !== steps || array.dims[2] !== widths[i]) {
        throw ctx.op.invalid(`operand ${i + 1} has shape [${array.dims.join(', ')}]`);
      }
    }
    if (past && past.dims.join() !== stateDims.join()) {
      throw ctx.op.invalid(`past_state has shape [${past.dims.join(', ')}], not [${stateDims.join(', ')}]`);
    }
    const packed = (i: number, allowed: readonly number[]): Packed | undefined => {
      const array = arrays[i];
      if (array === undefined) return undefined;
      const width = array.dims[2] ?? 0;
      if (
        array.rank !== 3 ||
        array.dims[0] !== batch ||
        array.dims[1] !== steps ||
        !allowed.includes(width)
      ) {
        throw ctx.op.invalid(`operand ${i} has shape [${array.dims.join(', ')}]`);
      }
      return { data: reals(array), width };
    };
    const operands: Operands = {
      query: { data: reals(query), width: query.dims[2] ?? 0 },
      key: { data: reals(key), width: widths[0] ?? 0 },
      value: { data: reals(value), width: widths[1] ?? 0 },
      decay: packed(4, [view.kvNumHeads, view.kvNumHeads * keySize]),
      beta: packed(5, [view.kvNumHeads, 1]),
    };
    const present = realResult(ctx, past?.dtype ?? query.dtype, stateDims);
    const size = keySize * valueSize;
    const before = past && reals(past);
    const empty = result.values.length === 0 && present.values.length === 0;
    for (let b = 0, at = 0; b < batch && !empty; b += 1) {
      for (let head = 0; head < view.kvNumHeads; head += 1, at += size) {
        const state = new Float64Array(size);
        if (before) for (let i = 0; i < size; i += 1) state[i] = before[at + i] as number;
        const place = { sample: b, head, steps };
        runHead(ctx, view, view.scale, { keySize, valueSize, state }, operands, place, result.values);
        present.values.set(state, at);
      }
    }
    return [result.done(), present.done()];
  },
};
