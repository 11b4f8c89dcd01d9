import { elementCount } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import type { WindowGrid } from './window-grid.ts';

/**
 * Walks windows in runs along the innermost axis. All windows of a run read their taps from one row of the
 * image, so that loops over a run need no bounds checks and no index arithmetic.
 *
 * `cut` says which windows; then `place` says, for a run and a tap, where the run lies: window `i` of the run,
 * for `from <= i < to`, reads the image at `base + i * step`; the others read padding.
 */
export class WindowRuns {
  /** Number of taps of a window. */
  readonly taps: number;
  /** Distance in the image between neighbouring windows of a run. */
  readonly step: number;
  /** Number of runs that the last cut gave. */
  runs = 0;
  base = 0;
  from = 0;
  to = 0;

  private readonly rank: number;
  private readonly image: readonly number[];
  private readonly imageStrides: readonly number[];
  private readonly grid: readonly number[];
  private readonly strides: readonly number[];
  private readonly begins: readonly number[];
  /** Distance of each tap from the start of its window: `rank` numbers a tap. */
  private readonly tapOffsets: Float64Array;
  /** Start in the image of the first window of each run: `rank` numbers a run. */
  private origins = new Float64Array(0);
  private lines: number[] = [];
  private lengths: number[] = [];

  constructor(windows: WindowGrid) {
    // An image without spatial axes is one with a single place.
    const none = windows.image.length === 0;
    this.image = none ? [1] : windows.image;
    this.grid = none ? [1] : windows.grid;
    this.strides = none ? [1] : windows.strides;
    this.begins = none ? [0] : windows.begins;
    this.rank = this.image.length;
    this.imageStrides = strides(this.image);
    this.step = this.strides[this.rank - 1] ?? 1;
    const kernel = none ? [1] : windows.kernel;
    this.taps = elementCount(kernel);
    this.tapOffsets = tapOffsets(kernel, windows.dilations);
  }

  /** Cuts the windows `first .. first + count`, counted row-major, into runs. */
  cut(first: number, count: number): void {
    const width = this.grid[this.rank - 1] ?? 1;
    this.lines.length = 0;
    this.lengths.length = 0;
    for (let at = first; at < first + count; ) {
      const length = Math.min(width - (at % width), first + count - at);
      this.lines.push(at - first);
      this.lengths.push(length);
      at += length;
    }
    this.runs = this.lines.length;
    if (this.origins.length < this.runs * this.rank) this.origins = new Float64Array(this.runs * this.rank);
    for (let run = 0; run < this.runs; run += 1) {
      let rest = first + (this.lines[run] ?? 0);
      for (let axis = this.rank - 1; axis >= 0; axis -= 1) {
        const size = this.grid[axis] ?? 1;
        const at = rest % size;
        rest = (rest - at) / size;
        this.origins[run * this.rank + axis] = at * (this.strides[axis] ?? 1) - (this.begins[axis] ?? 0);
      }
    }
  }

  /** Place of the first window of a run among those of the last cut. */
  line(run: number): number {
    return this.lines[run] ?? 0;
  }

  /** Number of windows of a run. */
  length(run: number): number {
    return this.lengths[run] ?? 0;
  }

  /** Says where a run reads a tap; false when all its windows read padding there. */
  place(run: number, tap: number): boolean {
    const { rank, origins, tapOffsets, image, imageStrides } = this;
    const o = run * rank;
    const t = tap * rank;
    const last = rank - 1;
    let base = 0;
    for (let axis = 0; axis < last; axis += 1) {
      const at = (origins[o + axis] as number) + (tapOffsets[t + axis] as number);
      if (at < 0 || at >= (image[axis] as number)) return false;
      base += at * (imageStrides[axis] as number);
    }
    const start = (origins[o + last] as number) + (tapOffsets[t + last] as number);
    const size = image[last] as number;
    const length = this.lengths[run] as number;
    this.base = base + start;
    this.from = start >= 0 ? 0 : Math.ceil(-start / this.step);
    this.to = start >= size ? 0 : Math.min(length, Math.floor((size - 1 - start) / this.step) + 1);
    return this.from < this.to;
  }
}

function tapOffsets(kernel: readonly number[], dilations: readonly number[]): Float64Array {
  const rank = kernel.length;
  const taps = elementCount(kernel);
  const out = new Float64Array(taps * rank);
  for (let tap = 0; tap < taps; tap += 1) {
    let rest = tap;
    for (let axis = rank - 1; axis >= 0; axis -= 1) {
      const size = kernel[axis] ?? 1;
      out[tap * rank + axis] = (rest % size) * (dilations[axis] ?? 1);
      rest = Math.floor(rest / size);
    }
  }
  return out;
}
