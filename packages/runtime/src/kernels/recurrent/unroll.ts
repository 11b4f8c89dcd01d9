import type { RecurrentView } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles, realResult } from '../real-result.ts';
import { type RecurrentOperands, stateDims } from './operands.ts';

/**
 * One step of one sequence: `gates` holds at `at` what the input and the biases of the input give to each
 * gate; the states are updated in place.
 */
export type Step = (gates: Float64Array, at: number, h: Float64Array, c: Float64Array) => void;

/** What tells recurrent operators apart. */
export interface Recurrence {
  readonly gates: number;
  /** The step of one direction. */
  step(direction: number): Step;
  /** Initial cell state, where there is one. */
  readonly initialC?: Reals | undefined;
  /** Whether there is a cell state. */
  readonly hasCell?: boolean;
}

/**
 * Runs a recurrence over all sequences and directions. States are kept in double and rounded where they
 * become results. Results: Y, Y_h and, with a cell, Y_c. Behind the end of a shorter sequence Y is 0.
 */
export function unroll(
  operands: RecurrentOperands,
  view: RecurrentView,
  recurrence: Recurrence,
  ctx: KernelContext,
): readonly (NdValue | undefined)[] {
  const { sequence, batch, directions, hidden } = operands;
  const dtype = operands.x.dtype;
  const yDims = view.batchFirst
    ? [batch, sequence, directions, hidden]
    : [sequence, directions, batch, hidden];
  const lastDims = stateDims(view, directions, batch, hidden);
  const y = realResult(ctx, dtype, yDims);
  const lastH = realResult(ctx, dtype, lastDims);
  const lastC = realResult(ctx, dtype, lastDims);
  const h = new Float64Array(hidden);
  const c = new Float64Array(hidden);
  const rows = recurrence.gates * hidden;
  for (let d = 0; d < directions; d += 1) {
    const gates = inputGates(operands, d, rows, ctx);
    const step = recurrence.step(d);
    const backward = view.direction === 'reverse' || d === 1;
    for (let b = 0; b < batch; b += 1) {
      const stateAt = (view.batchFirst ? b * directions + d : d * batch + b) * hidden;
      load(h, operands.initialH, stateAt);
      load(c, recurrence.initialC, stateAt);
      const length = operands.lengths?.[b] ?? sequence;
      for (let k = 0; k < length; k += 1) {
        ctx.tick();
        const t = backward ? length - 1 - k : k;
        step(gates, (view.batchFirst ? b * sequence + t : t * batch + b) * rows, h, c);
        const yAt = view.batchFirst ? (b * sequence + t) * directions + d : (t * directions + d) * batch + b;
        y.values.set(h, yAt * hidden);
      }
      lastH.values.set(h, stateAt);
      lastC.values.set(c, stateAt);
    }
  }
  const results: (NdArray | undefined)[] = [y.done(), lastH.done()];
  if (recurrence.hasCell) results.push(lastC.done());
  return results;
}

function load(state: Float64Array, initial: Reals | undefined, at: number): void {
  if (initial === undefined) state.fill(0);
  else state.set(initial.subarray(at, at + state.length));
}

/** X Wᵀ + Wb for every place of X at once: [places, rows]. */
function inputGates(
  operands: RecurrentOperands,
  direction: number,
  rows: number,
  ctx: KernelContext,
): Float64Array {
  const { inputSize, w, b } = operands;
  const x = reals(operands.x);
  const places = operands.sequence * operands.batch;
  const out = doubles(ctx, [places, rows]);
  const weightsAt = direction * rows * inputSize;
  const biasAt = direction * 2 * rows;
  for (let p = 0; p < places; p += 1) {
    ctx.tick();
    for (let row = 0; row < rows; row += 1) {
      const bias = b ? (b[biasAt + row] as number) : 0;
      out[p * rows + row] = bias + dot(w, weightsAt + row * inputSize, x, p * inputSize, inputSize);
    }
  }
  return out;
}

/** Scalar product of two runs of `length` numbers. */
export function dot(a: Reals, aAt: number, b: Reals, bAt: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i += 1) sum += (a[aAt + i] as number) * (b[bAt + i] as number);
  return sum;
}
