import type { Model } from '@refold/ir';
import { createSession, type Feeds, reals, type Session, type SessionOptions } from '@refold/runtime';
import type { ErrorMetrics } from './error-sums.ts';
import { type FloatOutputs, OutputSums } from './output-sums.ts';

/** What a model gives for some samples, to compare changed models with. Only float outputs count. */
export class OutputErrors {
  private readonly samples: readonly Feeds[];
  private readonly options: SessionOptions;
  private readonly exact: readonly FloatOutputs[];
  /** One session at a time is enough. */
  private last: Session;

  /**
   * @param float the model, which runs the samples at once, or a session of it, which is not to be run afterwards.
   * @param samples are held as they are, as long as this is: nobody may write to their arrays.
   */
  constructor(float: Model | Session, samples: Iterable<Feeds>, options: SessionOptions = {}) {
    this.samples = [...samples];
    this.options = options;
    this.last = 'run' in float ? float : createSession(float, options);
    this.exact = this.samples.map((feeds) => floatOutputs(this.last, feeds, false));
  }

  /** Samples that there are. */
  get size(): number {
    return this.samples.length;
  }

  /** The errors of the outputs of a changed model: of the worst output. */
  of(model: Model): ErrorMetrics {
    const sums = new OutputSums();
    this.count(model, sums);
    return sums.worst();
  }

  /** Counts the errors of a changed model, sample by sample until enough is known. */
  count(model: Model, sums: OutputSums, isEnough: () => boolean | undefined = () => false): void {
    const session = createSession(model, { ...this.options, inPlaceOf: this.last });
    this.last = session;
    for (const [i, feeds] of this.samples.entries()) {
      sums.add(this.exact[i] ?? new Map(), floatOutputs(session, feeds, true));
      if (isEnough()) return;
    }
  }
}

/** @param lends whether the next run may use their memory again. */
function floatOutputs(session: Session, feeds: Feeds, lends: boolean): FloatOutputs {
  const found = new Map<string, ArrayLike<number>>();
  for (const [name, value] of session.run(feeds, { onNode: undefined, lends })) {
    if (value.kind === 'tensor' && value.dtype === 'float32') found.set(name, reals(value));
  }
  return found;
}
