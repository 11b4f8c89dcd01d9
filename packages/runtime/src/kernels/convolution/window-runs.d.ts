/**
 * Windows that slide over an image: window `o` of the grid covers, along each axis, the places
 * `o * stride - begin + tap * dilation`. All lists have one entry an axis.
 */
export interface WindowGrid {
  readonly image: readonly number[];
  readonly grid: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
}
/**
 * Walks windows in runs along the innermost axis. All windows of a run read their taps from one row of the
 * image, so that loops over a run need no bounds checks and no index arithmetic.
 *
 * `cut` says which windows; then `place` says, for a run and a tap, where the run lies: window `i` of the run,
 * for `from <= i < to`, reads the image at `base + i * step`; the others read padding.
 */
export declare class WindowRuns {
  /** Number of taps of a window. */
  readonly taps: number;
  /** Distance in the image between neighbouring windows of a run. */
  readonly step: number;
  /** Number of runs that the last cut gave. */
  runs: number;
  base: number;
  from: number;
  to: number;
  private readonly rank;
  private readonly image;
  private readonly imageStrides;
  private readonly grid;
  private readonly strides;
  private readonly begins;
  /** Distance of each tap from the start of its window: `rank` numbers a tap. */
  private readonly tapOffsets;
  /** Start in the image of the first window of each run: `rank` numbers a run. */
  private origins;
  private lines;
  private lengths;
  constructor(windows: WindowGrid);
  /** Cuts the windows `first .. first + count`, counted row-major, into runs. */
  cut(first: number, count: number): void;
  /** Place of the first window of a run among those of the last cut. */
  line(run: number): number;
  /** Number of windows of a run. */
  length(run: number): number;
  /** Says where a run reads a tap; false when all its windows read padding there. */
  place(run: number, tap: number): boolean;
}
