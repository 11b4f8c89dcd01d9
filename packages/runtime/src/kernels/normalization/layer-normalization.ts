import { layerNormalization, rmsNormalization } from '@refold/ir';
import { type Reals, reals } from '../../tensor/reals.ts';
import { broadcastOffsets } from '../../tensor/strides.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { axisLayout } from '../reduction/axis-layout.ts';
import { resultDims } from '../result-dims.ts';
import { meanOf, varianceOf } from './moments.ts';

/** A parameter that broadcasts to the input: the element for each place, looked up without division. */
interface Broadcast {
  readonly values: Reals;
  /** Offsets for the places of one row; undefined when the parameter is exactly a row. */
  readonly offsets: Int32Array | undefined;
  /** Whether the offsets are for all rows, because the parameter differs between them. */
  readonly everyRow: boolean;
}

/** Looks at a parameter of `dims` against the normalised part of an input, which starts at `axis`. */
function broadcast(
  values: Reals,
  dims: readonly number[],
  input: readonly number[],
  axis: number,
): Broadcast {
  const row = input.slice(axis);
  const outer = dims.slice(0, Math.max(0, dims.length - row.length));
  if (outer.some((d) => d !== 1)) return { values, offsets: broadcastOffsets(dims, input), everyRow: true };
  const own = dims.slice(outer.length);
  const same = own.length === row.length && own.every((d, i) => d === row[i]);
  return { values, offsets: same ? undefined : broadcastOffsets(own, row), everyRow: false };
}

/** Multiplies (or adds to) a row by the parameter's elements for it. */
function applyTo(row: Float64Array, at: number, parameter: Broadcast, add: boolean): void {
  const { values, offsets, everyRow } = parameter;
  const first = everyRow ? at : 0;
  for (let i = 0; i < row.length; i += 1) {
    const value = values[offsets ? (offsets[first + i] as number) : i] as number;
    row[i] = add ? (row[i] as number) + value : (row[i] as number) * value;
  }
}

export const layerNormalizationKernel: Kernel = {
  name: 'LayerNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const scale = realOperand(inputs, ctx, 1);
    const bias = inputs[2] && realOperand(inputs, ctx, 2);
    const view = layerNormalization.view(ctx.op);
    const result = realResult(ctx, x.dtype, resultDims(ctx, layerNormalization, view));
    const statistics = x.dims.map((d, i) => (i < view.axis ? d : 1));
    const means = realResult(ctx, view.stashType, statistics);
    const inverses = realResult(ctx, view.stashType, statistics);
    const { outer, length } = axisLayout(x.dims, view.axis, true);
    if (outer === 0) return [result.done(), means.done(), inverses.done()];
    const data = reals(x);
    const factor = broadcast(reals(scale), scale.dims, x.dims, view.axis);
    const term = bias && broadcast(reals(bias), bias.dims, x.dims, view.axis);
    const row = new Float64Array(length);
    for (let r = 0, at = 0; r < outer; r += 1, at += length) {
      const mean = meanOf(data, at, length);
      const inverse = 1 / Math.sqrt(varianceOf(data, at, length, mean) + view.epsilon);
      for (let i = 0; i < length; i += 1) row[i] = ((data[at + i] as number) - mean) * inverse;
      applyTo(row, at, factor, false);
      if (term) applyTo(row, at, term, true);
      result.values.set(row, at);
      means.values[r] = mean;
      inverses.values[r] = inverse;
      ctx.tick();
    }
    return [result.done(), means.done(), inverses.done()];
  },
};

export const rmsNormalizationKernel: Kernel = {
  name: 'RMSNormalization',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const scale = realOperand(inputs, ctx, 1);
    const view = rmsNormalization.view(ctx.op);
    const result = realResult(ctx, scale.dtype, resultDims(ctx, rmsNormalization, view));
    const { outer, length } = axisLayout(x.dims, view.axis, true);
    if (outer === 0 || length === 0) return [result.done()];
    const data = reals(x);
    const factor = broadcast(reals(scale), scale.dims, x.dims, view.axis);
    const row = new Float64Array(length);
    for (let r = 0, at = 0; r < outer; r += 1, at += length) {
      const rms = Math.sqrt(varianceOf(data, at, length, 0) + view.epsilon);
      for (let i = 0; i < length; i += 1) row[i] = (data[at + i] as number) / rms;
      applyTo(row, at, factor, false);
      result.values.set(row, at);
      ctx.tick();
    }
    return [result.done()];
  },
};
