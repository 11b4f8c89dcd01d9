import type { Model, Value } from '@refold/ir';
import { type Feeds, type NdArray, reals } from '@refold/runtime';
import { type Observation, observe } from './observe.ts';

/** The largest magnitude of each channel of some values, over all samples. NaN does not count. */
export class ChannelMaxima {
  private readonly found = new Map<Value, Float64Array>();
  private readonly axes: ReadonlyMap<Value, number>;
  private readonly observation: Observation;

  /** @param axes the values to look at, and the axis of their channels. */
  constructor(model: Model, axes: ReadonlyMap<Value, number>) {
    this.axes = axes;
    this.observation = observe(
      model,
      (value) => axes.has(value),
      (value, array) => this.see(value, array),
    );
  }

  /** Runs one sample. */
  add(feeds: Feeds): void {
    this.observation.run(feeds);
  }

  /** Values that were computed at least once. */
  get maxima(): ReadonlyMap<Value, Float64Array> {
    return this.found;
  }

  private see(value: Value, array: NdArray): void {
    const axis = this.axes.get(value) ?? 0;
    const channels = array.dims[axis] ?? 1;
    const found = this.found.get(value) ?? new Float64Array(channels);
    this.found.set(value, found);
    const values = reals(array);
    const inner = array.dims.slice(axis + 1).reduce((a, d) => a * d, 1);
    for (let at = 0, c = 0; at < values.length; at += inner, c = c + 1 === channels ? 0 : c + 1) {
      let largest = found[c] as number;
      for (let i = at; i < at + inner; i += 1) {
        const x = Math.abs(values[i] as number);
        if (x > largest) largest = x;
      }
      found[c] = largest;
    }
  }
}
