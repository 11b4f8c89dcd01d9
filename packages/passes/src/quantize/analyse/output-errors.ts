import type { Editor, Model } from '@refold/ir';
import {
  createSession,
  type Feeds,
  type NdValue,
  reals,
  type Session,
  type SessionOptions,
} from '@refold/runtime';
import { entriesOf } from '../feeds.ts';
import type { ErrorMetrics } from './error-sums.ts';
import { type FloatOutputs, OutputSums } from './output-sums.ts';

/** Some of the samples: from one up to another, which is not among them. */
export interface SampleRange {
  readonly from: number;
  readonly to: number;
}

/** What a changed model is run on, and which part of it. */
export interface Run {
  readonly range: SampleRange;
  /** Leaves of the changed model what is to be run, within the transaction in which it was changed. */
  cut?(editor: Editor): void;
  /** What is fed beside a sample, to inputs that were not there before the change. */
  feedsOf?(sample: number): ReadonlyMap<string, NdValue>;
}

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
    this.exact = this.samples.map((feeds) =>
      floatOutputs(this.last.run(feeds, { onNode: undefined, lends: false })),
    );
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
  count(
    model: Model,
    sums: OutputSums,
    isEnough: () => boolean | undefined = () => false,
    run: Run = { range: { from: 0, to: this.size } },
  ): void {
    for (const { sample, found } of this.results(model, run, true)) {
      sums.add(this.exact[sample] ?? new Map(), floatOutputs(found));
      if (isEnough()) return;
    }
  }

  /**
   * The outputs of a changed model, sample after sample.
   * @param lends whether the run of the next sample may use their memory again.
   */
  *results(
    model: Model,
    run: Run,
    lends = false,
  ): Generator<{ readonly sample: number; readonly found: ReadonlyMap<string, NdValue> }> {
    const session = createSession(model, { ...this.options, inPlaceOf: this.last });
    this.last = session;
    for (let sample = run.range.from; sample < run.range.to; sample += 1) {
      const all = new Map([...entriesOf(this.samples[sample] ?? {}), ...(run.feedsOf?.(sample) ?? [])]);
      yield { sample, found: session.run(all, { onNode: undefined, lends }) };
    }
  }
}

function floatOutputs(outputs: ReadonlyMap<string, NdValue>): FloatOutputs {
  const found = new Map<string, ArrayLike<number>>();
  for (const [name, value] of outputs) {
    if (value.kind === 'tensor' && value.dtype === 'float32') found.set(name, reals(value));
  }
  return found;
}
