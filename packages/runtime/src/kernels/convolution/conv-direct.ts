import type { Reals } from '../../tensor/reals.ts';
import type { WindowRuns } from './window-runs.ts';

/** Windows that are summed at a time. */
const CHUNK = 1024;

/**
 * One output channel without packing, for groups with so few of them that packing does not pay (depthwise
 * convolutions). Sums in double and in the order of the weights, as the packed way does.
 */
export function convolveChannel(
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
): void {
  const sums = new Float64Array(Math.min(CHUNK, count));
  for (let first = 0; first < count; first += CHUNK) {
    const length = Math.min(CHUNK, count - first);
    windows.cut(first, length);
    sums.fill(0);
    for (let c = 0; c < channels; c += 1) {
      for (let tap = 0; tap < windows.taps; tap += 1) {
        const weight = weights[firstWeight + c * windows.taps + tap] as number;
        addTap(data, offset + c * channelSize, weight, tap, windows, sums);
      }
    }
    for (let i = 0; i < length; i += 1) out[at + first + i] = (sums[i] as number) + bias;
  }
}

/** Adds one tap, times its weight, to the sums of all windows that were cut. */
function addTap(
  data: Reals,
  channel: number,
  weight: number,
  tap: number,
  windows: WindowRuns,
  sums: Float64Array,
): void {
  const { step } = windows;
  for (let run = 0; run < windows.runs; run += 1) {
    if (!windows.place(run, tap)) continue;
    const { to } = windows;
    const base = channel + windows.base;
    const line = windows.line(run);
    for (let i = windows.from; i < to; i += 1) {
      sums[line + i] = (sums[line + i] as number) + weight * (data[base + i * step] as number);
    }
  }
}
