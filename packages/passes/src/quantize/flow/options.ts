import type { Feeds } from '@refold/runtime';
import type { QuantizedFormat } from '../emit/operators-on-codes.ts';
import type { QuantizeOptions } from '../quantize.ts';
import type { RoundingMethod } from '../round/round-weights.ts';
import type { SavedStatistics } from '../statistics/saved-statistics.ts';
import type { Target } from '../targets/target.ts';

/** What is going on, for a progress display. */
export interface QuantizationProgress {
  readonly stage: 'prepare' | 'calibrate' | 'unite' | 'analyse' | 'write';
  /** Samples counted so far, while calibrating. */
  readonly samples?: number;
}

/** Where the numbers come from. */
export interface SampleOptions {
  /**
   * Values for the inputs of the model, one set after the other. They are read once, one at a time, and never written to.
   * A sample is done with when the next one is asked for, so its arrays may be filled again then: what is needed longer
   * has been copied.
   */
  readonly samples?: Iterable<Feeds> | AsyncIterable<Feeds>;
  /** What was seen in an earlier run of the same model. */
  readonly statistics?: SavedStatistics;
  /** The most samples that are taken. */
  readonly limit?: number;
  readonly onProgress?: (progress: QuantizationProgress) => void;
}

/** When no `observer` is given, some are tried on a few of the samples, and the one that costs least is taken. */
export interface PostTrainingOptions extends QuantizeOptions, SampleOptions {
  readonly target: Target;
  /** The kernels that samples run on; `fast` when absent. */
  readonly tier?: 'reference' | 'fast';
  /**
   * Threads that share the work of running samples, with the fast kernels; 1 when absent. What comes out is the same for
   * every number. Where they are to be had is said of the option of sessions by this name.
   */
  readonly threads?: number;
  /** Whether channels are balanced between layers first, by powers of two; false when absent. */
  readonly equalise?: boolean;
  /**
   * Whether outliers of activations behind normalizations go into weights first, by powers of two found on up to 32
   * samples; false when absent. Statistics are of the changed model.
   */
  readonly migrate?: boolean;
  /** How the codes of weights are chosen; `nearest` when absent. The others look at the samples. */
  readonly rounding?: RoundingMethod;
  /** Whether biases take away what codes of weights do to the mean of outputs on the samples; true when absent. */
  readonly biasCorrection?: boolean;
  /** Noise over signal that no output may exceed on some of the samples: layers that cost most stay with floats then. */
  readonly budget?: number;
  /**
   * Whether weights get codes of 4 bits, those that save most for what the outputs lose first, as many as the budget
   * allows; false when absent.
   */
  readonly smallest?: boolean;
  /** How operators on codes are written; `qdq` when absent. */
  readonly format?: QuantizedFormat;
  readonly signal?: AbortSignal;
}
