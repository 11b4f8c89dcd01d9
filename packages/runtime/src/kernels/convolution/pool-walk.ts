import { elementCount } from '@refold/ir';
import type { Reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import type { WindowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/** Windows that are pooled at a time. */
const CHUNK = 1024;

/** What a pool makes of the elements of each window. */
export interface PoolFold {
  /** The value of a window before its first element. */
  readonly initial: number;
  /** Takes elements `base + i * step` into the values `line + i`, for `from <= i < to`. */
  take(
    data: Reals,
    base: number,
    step: number,
    from: number,
    to: number,
    values: Float64Array,
    line: number,
  ): void;
  /** The result of window `index` of a channel. */
  finish(value: number, index: number): number;
}

/** Pools every channel of [N, C, ...], `channels` of them in all. Elements of a window come row-major. */
export function pool(
  ctx: KernelContext,
  data: Reals,
  channels: number,
  grid: WindowGrid,
  fold: PoolFold,
  out: Float32Array | Float64Array,
): void {
  const windows = new WindowRuns(grid);
  const size = elementCount(grid.image);
  const count = out.length === 0 ? 0 : elementCount(grid.grid);
  const values = new Float64Array(Math.min(CHUNK, count));
  for (let first = 0; first < count; first += CHUNK) {
    const length = Math.min(CHUNK, count - first);
    windows.cut(first, length);
    for (let c = 0; c < channels; c += 1) {
      values.fill(fold.initial);
      takeChannel(data, c * size, windows, fold, values, () => ctx.tick());
      const at = c * count + first;
      for (let i = 0; i < length; i += 1) out[at + i] = fold.finish(values[i] as number, first + i);
    }
  }
}

function takeChannel(
  data: Reals,
  channel: number,
  windows: WindowRuns,
  fold: PoolFold,
  values: Float64Array,
  tick: () => void,
): void {
  for (let run = 0; run < windows.runs; run += 1) {
    tick();
    const line = windows.line(run);
    for (let tap = 0; tap < windows.taps; tap += 1) {
      if (!windows.place(run, tap)) continue;
      fold.take(data, channel + windows.base, windows.step, windows.from, windows.to, values, line);
    }
  }
}

/** How many elements each window of a channel has that lie in the image. */
export function windowSizes(grid: WindowGrid): Float64Array {
  const windows = new WindowRuns(grid);
  const sizes = new Float64Array(elementCount(grid.grid));
  if (sizes.length === 0) return sizes;
  windows.cut(0, sizes.length);
  for (let run = 0; run < windows.runs; run += 1) {
    const line = windows.line(run);
    for (let tap = 0; tap < windows.taps; tap += 1) {
      if (!windows.place(run, tap)) continue;
      for (let i = windows.from; i < windows.to; i += 1) sizes[line + i] = (sizes[line + i] as number) + 1;
    }
  }
  return sizes;
}
