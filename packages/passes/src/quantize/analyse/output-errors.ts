import type { Model } from '@refold/ir';
import { createSession, type Feeds, reals, type Session, type SessionOptions } from '@refold/runtime';
import { type ErrorMetrics, ErrorSums } from './error-sums.ts';

/** What a model gives for some samples, to compare changed models with. Only float outputs count. */
export class OutputErrors {
  private readonly samples: readonly Feeds[];
  private readonly options: SessionOptions;
  private readonly exact: readonly ReadonlyMap<string, ArrayLike<number>>[];

  constructor(model: Model, samples: Iterable<Feeds>, options: SessionOptions = {}) {
    this.samples = [...samples];
    this.options = options;
    const session = createSession(model, options);
    this.exact = this.samples.map((feeds) => floatOutputs(session, feeds));
  }

  /** The errors of the outputs of a changed model. The worst output decides: a large one must not hide a small one. */
  of(model: Model): ErrorMetrics {
    const session = createSession(model, this.options);
    const sums = new Map<string, ErrorSums>();
    this.samples.forEach((feeds, i) => {
      const outputs = floatOutputs(session, feeds);
      for (const [name, exact] of this.exact[i] ?? []) {
        const known = sums.get(name) ?? new ErrorSums();
        sums.set(name, known);
        known.add(exact, outputs.get(name) ?? []);
      }
    });
    const found = [...sums.values()].map((s) => s.metrics());
    return found.reduce(
      (worst, m) => (m.noiseToSignal > worst.noiseToSignal ? m : worst),
      found[0] ?? new ErrorSums().metrics(),
    );
  }
}

function floatOutputs(session: Session, feeds: Feeds): ReadonlyMap<string, ArrayLike<number>> {
  const found = new Map<string, ArrayLike<number>>();
  for (const [name, value] of session.run(feeds)) {
    if (value.kind === 'tensor' && value.dtype === 'float32') found.set(name, reals(value));
  }
  return found;
}
