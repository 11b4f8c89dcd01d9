import { constantTensor, type Model, type Node, tensorFloats, type Value } from '@refold/ir';
import {
  createSession,
  type Feeds,
  type NdValue,
  reals,
  type Session,
  type SessionOptions,
} from '@refold/runtime';
import { Histogram } from './histogram.ts';

/**
 * Counts the numbers that some values of a model hold when it runs on samples, by key. Nothing but counts is kept:
 * a value is counted when it is computed, and dropped after its last use, so that memory does not grow with the
 * number of samples.
 */
export class Calibration {
  readonly #histograms = new Map<string, Histogram>();
  readonly #wanted = new Map<Value, Histogram>();
  /** Values of which the node that makes them was told, in this run. */
  readonly #shown = new Set<Value>();
  readonly #session: Session;

  /** Constants among the values are passed over: see {@link constantStatistics}. */
  constructor(
    model: Model,
    values: ReadonlyMap<string, Value>,
    options: Omit<SessionOptions, 'onNode'> = {},
  ) {
    for (const [key, value] of values) {
      if (constantTensor(value)) continue;
      const histogram = new Histogram();
      this.#histograms.set(key, histogram);
      this.#wanted.set(value, histogram);
    }
    this.#session = createSession(model, {
      ...options,
      onNode: ({ node, inputs, outputs }) => {
        for (const [i, value] of node.outputs.entries()) {
          if (value) this.#shown.add(value);
          this.#count(value, outputs[i]);
        }
        node.inputs.forEach((value, i) => {
          if (value && this.#showsFirst(value, node, i)) this.#count(value, inputs[i]);
        });
      },
    });
  }

  /** What the model takes. */
  get inputs(): Session['inputs'] {
    return this.#session.inputs;
  }

  /** Runs the model on a sample and counts. Throws RefoldError when it does not fit the inputs. */
  add(feeds: Feeds): void {
    this.#shown.clear();
    this.#session.run(feeds);
  }

  /** What was seen, without values of which nothing was. */
  statistics(): Map<string, Histogram> {
    return new Map([...this.#histograms].filter(([, histogram]) => !histogram.isEmpty));
  }

  /**
   * Whether an operand is the first to show a value: inputs of graphs come from no node, and what follows from sizes
   * alone may have been computed before.
   */
  #showsFirst(value: Value, node: Node, index: number): boolean {
    if (value.producer) {
      if (this.#shown.has(value)) return false;
      this.#shown.add(value);
      return true;
    }
    const first = value.uses().next().value;
    return first?.node === node && first.index === index;
  }

  #count(value: Value | undefined, seen: NdValue | undefined): void {
    const histogram = value && this.#wanted.get(value);
    if (histogram && seen?.kind === 'tensor') histogram.add(reals(seen));
  }
}

/** What the constants among some values hold, by key. */
export function constantStatistics(values: ReadonlyMap<string, Value>): Map<string, Histogram> {
  const statistics = new Map<string, Histogram>();
  for (const [key, value] of values) {
    const constant = constantTensor(value);
    if (constant) statistics.set(key, Histogram.of(tensorFloats(constant)));
  }
  return statistics;
}
