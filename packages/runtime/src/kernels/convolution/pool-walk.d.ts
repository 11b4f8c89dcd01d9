import type { Reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';
import { type WindowGrid } from './window-runs.ts';
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
export declare function pool(
  ctx: KernelContext,
  data: Reals,
  channels: number,
  grid: WindowGrid,
  fold: PoolFold,
  out: Float32Array | Float64Array,
): void;
/** How many elements each window of a channel has that lie in the image. */
export declare function windowSizes(grid: WindowGrid): Float64Array;
