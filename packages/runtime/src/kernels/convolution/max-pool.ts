import { type DType, elementCount, isFloat, maxPool } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import { strides } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { integerLimit } from '../reduction/reduce-integers.ts';
import { resultDims } from '../result-dims.ts';
import { type PoolFold, pool } from './pool-walk.ts';
import { type WindowGrid, windowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/** What padding counts as: less than every element. */
function lowest(dtype: DType): number {
  return isFloat(dtype) ? Number.NEGATIVE_INFINITY : Number(integerLimit(dtype, 'least'));
}

function maximum(dtype: DType): PoolFold {
  return {
    initial: lowest(dtype),
    take(data, base, step, from, to, values, line) {
      for (let i = from; i < to; i += 1) {
        const x = data[base + i * step] as number;
        if (x > (values[line + i] as number) || Number.isNaN(x)) values[line + i] = x;
      }
    },
    finish: (value) => value,
  };
}

/** For every window the place of its first largest element (or first NaN) in its channel; -1 for none. */
function placesOfMaxima(data: Reals, channel: number, windows: WindowRuns, places: Float64Array): void {
  places.fill(-1);
  windows.cut(0, places.length);
  for (let run = 0; run < windows.runs; run += 1) {
    const line = windows.line(run);
    for (let tap = 0; tap < windows.taps; tap += 1) {
      if (!windows.place(run, tap)) continue;
      for (let i = windows.from; i < windows.to; i += 1) {
        const at = windows.base + i * windows.step;
        const before = places[line + i] as number;
        if (before < 0 || exceeds(data[channel + at] as number, data[channel + before] as number))
          places[line + i] = at;
      }
    }
  }
}

function exceeds(x: number, y: number): boolean {
  return x > y || (Number.isNaN(x) && !Number.isNaN(y));
}

/** A place in a channel counted with the first spatial axis fastest. */
function columnMajorPlace(place: number, image: readonly number[], rowMajor: readonly number[]): number {
  let out = 0;
  let rest = place;
  let step = 1;
  for (const [axis, size] of image.entries()) {
    const at = Math.floor(rest / (rowMajor[axis] ?? 1));
    rest -= at * (rowMajor[axis] ?? 1);
    out += at * step;
    step *= size;
  }
  return out;
}

/** Places of the maxima in the whole input. */
function indicesOf(
  ctx: KernelContext,
  x: NdArray,
  grid: WindowGrid,
  columnMajor: boolean,
  dims: readonly number[],
): NdArray {
  const out = ctx.alloc('int64', dims);
  if (out.size === 0) return out;
  const windows = new WindowRuns(grid);
  const data = reals(x);
  const size = elementCount(grid.image);
  const places = new Float64Array(elementCount(grid.grid));
  const rowMajor = strides(grid.image);
  for (let at = 0, channel = 0; at < out.size; at += places.length, channel += size) {
    placesOfMaxima(data, channel, windows, places);
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as number;
      const shown = columnMajor && place >= 0 ? columnMajorPlace(place, grid.image, rowMajor) : place;
      out.data[at + i] = BigInt(place < 0 ? -1 : channel + shown);
    }
    ctx.tick();
  }
  return out;
}

export const maxPoolKernel: Kernel = {
  name: 'MaxPool',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const view = maxPool.view(ctx.op);
    const dims = resultDims(ctx, maxPool, view);
    const grid = windowGrid(ctx, view, x.dims.slice(2), dims.slice(2));
    const result = realResult(ctx, x.dtype, dims);
    const [batch = 0, channels = 0] = x.dims;
    pool(ctx, reals(x), batch * channels, grid, maximum(x.dtype), result.values);
    return [result.done(), ctx.wants(1) ? indicesOf(ctx, x, grid, view.columnMajor, dims) : undefined];
  },
};
