import { dtypeOf, InternalError, type Model, type Value } from '@refold/ir';
import { type Feeds, NdArray, type RunOptions } from '@refold/runtime';
import { type Observation, observe } from '../statistics/observe.ts';
import { ChannelSums } from './channel-sums.ts';
import { byNoise, type ErrorMetrics } from './error-sums.ts';
import { readAs, valuesByName } from './read-as.ts';

/** How a value of the float model fares in the quantized one. */
export interface ValueError extends ErrorMetrics {
  readonly value: string;
  /** The operator that computes it; undefined for inputs. */
  readonly operator: string | undefined;
  /** By how much `noiseToSignal` is larger than of the worst operand: what the node itself adds. */
  readonly added: number;
  readonly channels: readonly ErrorMetrics[];
}

/**
 * Graph-wise analysis: runs a float model and what quantizing made of it side by side, and compares every float32
 * value of the main graph that both have by name, where it goes through codes behind them. Of activations only those
 * of one sample are held; over samples there are sums.
 */
export class GraphErrors {
  private readonly float: Observation;
  private readonly quantized: Observation;
  private readonly pairs: ReadonlyMap<string, Value>;
  private readonly sums = new Map<string, ChannelSums>();
  private readonly held = new Map<string, NdArray>();

  /** Types of the float model must have been inferred. */
  constructor(float: Model, quantized: Model, options: Omit<RunOptions, 'onNode'> = {}) {
    const others = valuesByName(quantized.graph);
    const pairs = new Map<string, Value>();
    for (const [name, value] of valuesByName(float.graph)) {
      if (others.has(name) && dtypeOf(value) === 'float32') pairs.set(name, value);
    }
    this.pairs = pairs;
    const names = new Map<Value, string>();
    for (const [name, value] of others) if (pairs.has(name)) names.set(readAs(value), name);
    this.float = observe(
      float,
      (value) => pairs.get(value.name) === value,
      (value, { dtype, dims, data }) =>
        void this.held.set(value.name, new NdArray(dtype, dims, data.slice())),
      options,
    );
    this.quantized = observe(
      quantized,
      (value) => names.has(value),
      (value, array) => this.compare(names.get(value) ?? '', array),
      options,
    );
  }

  /** Runs one sample through both models. */
  add(feeds: Feeds): void {
    this.float.run(feeds);
    this.quantized.run(feeds);
    this.held.clear();
  }

  /** From the largest noise over signal down; equal ones in the order of the graph. */
  ranked(): readonly ValueError[] {
    return this.errors().toSorted(byNoise);
  }

  /** In the order of the graph. */
  errors(): readonly ValueError[] {
    const whole = new Map([...this.sums].map(([name, sums]) => [name, sums.whole]));
    const found: ValueError[] = [];
    for (const [name, value] of this.pairs) {
      const metrics = whole.get(name);
      const sums = this.sums.get(name);
      if (!metrics || !sums) continue;
      let before = 0;
      for (const operand of value.producer?.inputs ?? [])
        before = Math.max(before, (operand && whole.get(operand.name)?.noiseToSignal) ?? 0);
      const added = metrics.noiseToSignal - before;
      const { channels } = sums;
      found.push({ value: name, operator: value.producer?.op, ...metrics, added, channels });
    }
    return found;
  }

  private compare(name: string, other: NdArray): void {
    const exact = this.held.get(name);
    if (!exact) return;
    if (exact.size !== other.size)
      throw new InternalError(`'${name}' has another shape when it is quantized`);
    const sums = this.sums.get(name) ?? new ChannelSums();
    this.sums.set(name, sums);
    sums.add(exact, other);
  }
}
