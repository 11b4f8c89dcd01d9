import { type ErrorMetrics, ErrorSums } from './error-sums.ts';

/** The float outputs of a model for one sample, by name. */
export type FloatOutputs = ReadonlyMap<string, ArrayLike<number>>;

/** The errors of outputs, sample by sample and as a whole. */
export class OutputSums {
  private readonly byName = new Map<string, ErrorSums>();
  private readonly found: number[] = [];

  /** Counts one sample. */
  add(exact: FloatOutputs, other: FloatOutputs): void {
    let worst = 0;
    for (const [name, numbers] of exact) {
      const sums = new ErrorSums();
      sums.add(numbers, other.get(name) ?? []);
      worst = Math.max(worst, sums.metrics().noiseToSignal);
      const known = this.byName.get(name);
      if (known) known.include(sums);
      else this.byName.set(name, sums);
    }
    this.found.push(worst);
  }

  /** Noise over signal of the worst output, of each sample. */
  get samples(): readonly number[] {
    return this.found;
  }

  /** The worst output decides: a large one must not hide a small one. */
  worst(): ErrorMetrics {
    const metrics = [...this.byName.values()].map((sums) => sums.metrics());
    return metrics.reduce(
      (worst, m) => (m.noiseToSignal > worst.noiseToSignal ? m : worst),
      metrics[0] ?? new ErrorSums().metrics(),
    );
  }
}
