import { loopBody, type ScanView, scan } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { Stack, sliceAt } from './slices.ts';

/** Runs a nested graph for each slice of some operands, carrying states along. */
export const scanKernel: Kernel = {
  name: 'Scan',
  run(inputs, ctx) {
    const view = scan.view(ctx.op);
    const states = inputs.slice(view.firstState, view.firstState + view.states);
    const scanned = inputs
      .slice(view.firstState + view.states)
      .map((value, i) => asTensor(value, ctx, view.firstState + view.states + i));
    if (view.batched) return scanBatch(inputs[0], states, scanned, view, ctx);
    const axes = scanned.map((array, i) => axisIn(ctx, array, view.inputAxes[i] ?? 0));
    const length = commonLength(ctx, scanned, axes);
    const outputs = stacksOf(ctx, view, length);
    const final = scanOne(states, scanned, axes, length, outputs, view, ctx);
    return [...final, ...outputs.map((stack) => stack.done())];
  },
};

function stacksOf(ctx: KernelContext, view: ScanView, length: number): readonly Stack[] {
  const body = loopBody(ctx.op);
  return view.outputAxes.map(
    (axis, i) => new Stack(ctx, body.outputs[view.states + i], length, view.batched ? 0 : axis),
  );
}

/** One pass over `length` slices. Gives the last states; slices of results go to `outputs`. */
function scanOne(
  initial: readonly (NdValue | undefined)[],
  scanned: readonly NdArray[],
  axes: readonly number[],
  length: number,
  outputs: readonly Stack[],
  view: ScanView,
  ctx: KernelContext,
): readonly (NdValue | undefined)[] {
  const body = loopBody(ctx.op);
  let states = initial;
  for (let step = 0; step < length; step += 1) {
    ctx.tick();
    const slices = scanned.map((array, i) => {
      const at = view.inputDirections[i] === 1 ? length - 1 - step : step;
      return sliceAt(array, axes[i] ?? 0, at, ctx);
    });
    const results = ctx.runGraph(body, [...states, ...slices]);
    states = results.slice(0, view.states);
    outputs.forEach((stack, i) => {
      const at = view.outputDirections[i] === 1 ? length - 1 - step : step;
      stack.put(at, results[view.states + i]);
    });
  }
  return states;
}

/** Opset 8: everything has a batch axis, and each sequence of the batch may have its own length. */
function scanBatch(
  lengths: NdValue | undefined,
  states: readonly (NdValue | undefined)[],
  scanned: readonly NdArray[],
  view: ScanView,
  ctx: KernelContext,
): readonly (NdValue | undefined)[] {
  const batch = commonLength(
    ctx,
    scanned,
    scanned.map(() => axisIn(ctx, scanned[0], 0)),
  );
  const longest = commonLength(
    ctx,
    scanned,
    scanned.map((array) => axisIn(ctx, array, 1)),
  );
  const sequenceLengths = lengths === undefined ? undefined : reals(realOperand([lengths], ctx, 0));
  const body = loopBody(ctx.op);
  const finals = states.map((_, i) => new Stack(ctx, body.outputs[i], batch, 0));
  const results = view.outputAxes.map((_, i) => new Stack(ctx, body.outputs[view.states + i], batch, 0));
  for (let b = 0; b < batch; b += 1) {
    const length = sequenceLengths?.[b] ?? longest;
    if (length < 0 || length > longest)
      throw ctx.op.invalid(`a sequence of ${length} among ${longest} elements`);
    const outputs = stacksOf(ctx, view, longest);
    const final = scanOne(
      states.map((state, i) => sliceAt(asTensor(state, ctx, 1 + i), 0, b, ctx)),
      scanned.map((array) => sliceAt(array, 0, b, ctx)),
      scanned.map(() => 0),
      length,
      outputs,
      view,
      ctx,
    );
    final.forEach((state, i) => {
      finals[i]?.put(b, state);
    });
    outputs.forEach((stack, i) => {
      results[i]?.put(b, stack.done());
    });
  }
  return [...finals.map((stack) => stack.done()), ...results.map((stack) => stack.done())];
}

function axisIn(ctx: KernelContext, array: NdArray | undefined, axis: number): number {
  const rank = array?.rank ?? 0;
  const at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank) throw ctx.op.invalid(`axis ${axis} is out of range for rank ${rank}`);
  return at;
}

function commonLength(ctx: KernelContext, arrays: readonly NdArray[], axes: readonly number[]): number {
  const lengths = arrays.map((array, i) => array.dims[axes[i] ?? 0] ?? 0);
  const first = lengths[0] ?? 0;
  if (lengths.some((n) => n !== first))
    throw ctx.op.invalid(`its scan inputs have lengths ${lengths.join(', ')}`);
  return first;
}
