import type { Reals } from '../../tensor/reals.ts';
import type { WindowRuns } from './window-runs.ts';
/**
 * One output channel without packing, for groups with so few of them that packing does not pay (depthwise
 * convolutions). Sums in double and in the order of the weights, as the packed way does.
 */
export declare function convolveChannel(
  data: Reals,
  offset: number,
  channels: number,
  channelSize: number,
  weights: Reals,
  firstWeight: number,
  bias: number,
  windows: WindowRuns,
  count: number,
  out: Float32Array | Float64Array,
  at: number,
): void;
