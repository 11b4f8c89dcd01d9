import type { NdArray } from '@refold/runtime';
import { reals } from '@refold/runtime';
import { type ErrorMetrics, ErrorSums } from './error-sums.ts';

/** The errors of one value: of all its elements, and of each channel, which a large channel beside it cannot hide. */
export class ChannelSums {
  private readonly wholeSums = new ErrorSums();
  private readonly channelSums: ErrorSums[] = [];
  private readonly axis: number;

  /** @param axis of the channels; values of fewer axes have one channel. */
  constructor(axis = 1) {
    this.axis = axis;
  }

  /** Counts one sample. Both arrays have one shape. */
  add(exact: NdArray, other: NdArray): void {
    const [x, y] = [reals(exact), reals(other)];
    this.wholeSums.add(x, y);
    const { dims } = exact;
    const channels = dims[this.axis];
    if (channels === undefined) return;
    const inner = dims.slice(this.axis + 1).reduce((a, d) => a * d, 1);
    if (inner < FEW) return;
    for (let at = 0, c = 0; at < x.length; at += inner, c = c + 1 === channels ? 0 : c + 1) {
      const sums = this.channelSums[c] ?? new ErrorSums();
      this.channelSums[c] = sums;
      sums.add(x, y, at, at + inner);
    }
  }

  get whole(): ErrorMetrics {
    return this.wholeSums.metrics();
  }

  /** By channel; none when there is one element a channel and sample, of which a ratio says little. */
  get channels(): readonly ErrorMetrics[] {
    return this.channelSums.map((sums) => sums.metrics());
  }
}

/** Elements of a channel in a sample, from which on it has errors of its own. */
const FEW = 4;
