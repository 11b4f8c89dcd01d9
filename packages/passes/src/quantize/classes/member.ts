import type { Histogram } from '../statistics/histogram.ts';
import { type Range, rangeOf } from '../statistics/range.ts';
import { lossOf } from '../theta/noise.ts';
import { type Theta, thetaOf } from '../theta/theta.ts';
import type { Step } from './ladder.ts';
import { levelsOf } from './tolerance.ts';

/** How a value fares in a class. */
export interface Member {
  readonly value: string;
  readonly range: Range;
  /** Steps of the scale in its range. */
  readonly levels: number;
  /** Noise over signal with a scale of its own that clips nothing, and with that of the class. */
  readonly lossAlone: number;
  readonly loss: number;
  /** The way out, when it would lose too much. */
  readonly step: Step | undefined;
}

export function memberOf(value: string, histogram: Histogram, theta: Theta, step: Step | undefined): Member {
  const range = rangeOf(histogram);
  return {
    value,
    range,
    levels: levelsOf(histogram, theta.scale),
    lossAlone: lossOf(histogram, thetaOf(range, theta.format)),
    loss: lossOf(histogram, theta),
    step,
  };
}
