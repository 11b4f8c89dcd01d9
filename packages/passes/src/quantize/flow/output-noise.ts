import type { Model } from '@refold/ir';
import { createSession, type Feeds, type NdValue, reals, type SessionOptions } from '@refold/runtime';

/** Noise over signal of the outputs of a model, by sums over samples; the geometric mean of all outputs of floats. */
export class OutputNoise {
  readonly #samples: readonly { readonly feeds: Feeds; readonly wanted: ReadonlyMap<string, NdValue> }[];
  readonly #options: SessionOptions;

  /** Runs the model that is right. */
  constructor(model: Model, samples: readonly Feeds[], options: SessionOptions) {
    const session = createSession(model, options);
    this.#options = options;
    this.#samples = samples.map((feeds) => ({ feeds, wanted: session.run(feeds) }));
  }

  /** Runs another model with the same inputs and outputs. NaN when there is nothing to compare. */
  of(model: Model): number {
    const session = createSession(model, this.#options);
    const sums = new Map<string, { noise: number; signal: number }>();
    for (const { feeds, wanted } of this.#samples) {
      const got = session.run(feeds);
      for (const [name, value] of wanted) {
        const sum = sums.get(name) ?? { noise: 0, signal: 0 };
        if (addErrors(sum, value, got.get(name))) sums.set(name, sum);
      }
    }
    const ratios = [...sums.values()].filter((s) => s.signal > 0).map((s) => s.noise / s.signal);
    // Outputs that are exact would make all others of no account.
    return Math.exp(ratios.reduce((total, r) => total + Math.log(Math.max(r, 1e-12)), 0) / ratios.length);
  }
}

function addErrors(
  sum: { noise: number; signal: number },
  wanted: NdValue,
  got: NdValue | undefined,
): boolean {
  if (wanted.kind !== 'tensor' || got?.kind !== 'tensor' || wanted.dtype !== 'float32') return false;
  const [x, y] = [reals(wanted), reals(got)];
  if (x.length !== y.length) return false;
  for (let i = 0; i < x.length; i += 1) {
    const number = x[i] as number;
    sum.noise += (number - (y[i] as number)) ** 2;
    sum.signal += number * number;
  }
  return true;
}
