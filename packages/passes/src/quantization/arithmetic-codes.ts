import { roundHalfEven } from '../support/round-half-even.ts';
import { laneAt } from './lanes.ts';
import type { RoundedData, Step } from './steps.ts';

/** What arithmetic says of the codes of one lane. */
export interface LaneCodes {
  /** What the codes are multiplied by; that it is a positive number is for the caller to see. */
  readonly scale: number;
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

/** By how much the product of a scale and its reciprocal may differ from 1. */
const SCALE_SLACK = 2 ** -20;

/** By how many steps an offset or a bound that is given as a number of the data may be off a whole number. */
const STEP_SLACK = 1e-3;

/**
 * What arithmetic says of codes, if it rounds data to multiples of a scale between bounds; undefined for any other.
 * It is u = m x + k before the `Round`, and y = a r + b behind it. With m a = 1, and k a whole number that b takes back,
 * r is the code of x, and k that of 0. Where a clip behind the `Round` sees codes that are moved by a zero point, that
 * is how they are counted.
 */
export function laneCodes({ before, behind }: RoundedData, lane: number): LaneCodes | undefined {
  const [inner, outer] = [lineOf(before, lane), lineOf(behind, lane)];
  const [a, m] = [outer.factor, inner.factor];
  if (isNoFactor(a) && isNoFactor(m)) return { scale: a, zeroPoint: 0, low: 0, high: 0 };
  const zero = Math.round(inner.offset);
  const steps = [outer.low, outer.high, outer.clipOffset].map((y) => (y - outer.offset) / a);
  const [first = 0, last = 0, moved = 0] = a < 0 ? [steps[1], steps[0], steps[2]] : steps;
  const whole = [
    inner.offset - zero,
    outer.offset / a + zero,
    offWhole(first),
    offWhole(last),
    offWhole(moved),
  ];
  // Said so that NaN is no match.
  const isMatch = Math.abs(m * a - 1) <= SCALE_SLACK && whole.every((rest) => Math.abs(rest) <= STEP_SLACK);
  if (!isMatch) return undefined;
  const low = Math.max(roundHalfEven(inner.low), Math.round(first));
  const high = Math.min(roundHalfEven(inner.high), Math.round(last));
  if (!(low < high && Number.isFinite(high - low))) return undefined;
  // Codes that a clip sees are 0 where r is `moved`.
  const shift = 0 - Math.round(moved);
  return { scale: Math.fround(a), zeroPoint: zero + shift, low: low + shift, high: high + shift };
}

/** Steps as one: factor v + offset, no less than low and no more than high. */
interface Line {
  readonly factor: number;
  readonly offset: number;
  readonly low: number;
  readonly high: number;
  /** What the result is where that which the first clip reads is 0; without one, the offset. */
  readonly clipOffset: number;
}

function lineOf(steps: readonly Step[], lane: number): Line {
  let [factor, offset] = [1, 0];
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let clipOffset: number | undefined;
  for (const step of steps) {
    if (step.kind === 'clip') {
      const least = step.low ? laneAt(step.low, lane) : Number.NEGATIVE_INFINITY;
      const largest = step.high ? laneAt(step.high, lane) : Number.POSITIVE_INFINITY;
      const [one, other] = [factor * least + offset, factor * largest + offset];
      [low, high] = [Math.max(low, Math.min(one, other)), Math.min(high, Math.max(one, other))];
      clipOffset = offset;
    } else {
      const by = laneAt(step.by, lane);
      if (step.kind === 'times') factor *= by;
      else if (step.kind === 'over') factor /= by;
      else offset += step.kind === 'plus' ? factor * by : -factor * by;
    }
  }
  return { factor, offset, low, high, clipOffset: clipOffset ?? offset };
}

function isNoFactor(x: number): boolean {
  return !(Math.abs(x) > 0 && Math.abs(x) < Number.POSITIVE_INFINITY);
}

/** How far a number is off the next whole one; bounds that are not there are far from nothing. */
function offWhole(x: number): number {
  return Number.isFinite(x) ? x - Math.round(x) : 0;
}
