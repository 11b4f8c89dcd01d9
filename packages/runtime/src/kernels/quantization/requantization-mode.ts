import { RefoldError } from '@refold/ir';

/** What becomes of a number in the middle between two integers: the even one, the larger one, the one further from 0. */
export type Rounding = 'half-even' | 'half-up' | 'half-away';

/**
 * How an accumulator is multiplied by the ratio of scales:
 * `float`: in float32, as ONNX Runtime does;
 * `q31`: by an integer of 31 bits and a shift, rounded once;
 * `q31-double`: the upper half of the doubled product, halves going up, then a shift that is rounded again, as
 * processors with a doubling multiplier do;
 * `shift`: the ratio is a power of two, and nothing is multiplied.
 */
export type MultiplierForm = 'float' | 'q31' | 'q31-double' | 'shift';

/** How a processor makes codes of accumulators. The result is rounded by `rounding`, then it saturates. */
export interface RequantizationMode {
  readonly rounding: Rounding;
  readonly multiplier: MultiplierForm;
}

/** What ONNX Runtime does, and the kernels do when nothing else is asked for. */
export const floatHalfEven: RequantizationMode = { rounding: 'half-even', multiplier: 'float' };

/**
 * A function that multiplies integers of 32 bits by a positive float32, and rounds to an integer.
 * @throws RefoldError `usage/option` for a multiplier that the mode cannot have: one that is not positive and finite, or,
 * where there are only shifts, no power of two.
 */
export function multiplierOf(
  { rounding, multiplier }: RequantizationMode,
  ratio: number,
): (sum: number) => number {
  if (!(ratio > 0 && Number.isFinite(ratio)))
    throw new RefoldError('usage/option', `codes cannot be multiplied by ${ratio}`);
  if (multiplier === 'float') return (sum) => rounded(Math.fround(Math.fround(sum) * ratio), rounding);
  const { factor, exponent } = fixedPoint(ratio);
  if (multiplier === 'shift') {
    if (factor !== 2 ** 30)
      throw new RefoldError('usage/option', `${ratio} is not a power of two, which takes more than a shift`);
    return (sum) => Number(shifted(BigInt(sum), 1 - exponent, rounding));
  }
  const wide = BigInt(factor);
  if (multiplier === 'q31') return (sum) => Number(shifted(BigInt(sum) * wide, 31 - exponent, rounding));
  const [left, right] = [Math.max(0, exponent), Math.max(0, -exponent)];
  return (sum) => {
    const high = shifted(saturated(BigInt(sum) << BigInt(left)) * wide, 31, 'half-up');
    return Number(shifted(high, right, rounding));
  };
}

/** factor * 2^(exponent - 31), where the factor is an integer from 2^30 on and below 2^31. */
export function fixedPoint(ratio: number): { readonly factor: number; readonly exponent: number } {
  let exponent = Math.floor(Math.log2(ratio)) + 1;
  // The logarithm is rounded: near a power of two it may be off by one.
  while (ratio >= 2 ** exponent) exponent += 1;
  while (ratio < 2 ** (exponent - 1)) exponent -= 1;
  const factor = Math.round(ratio * 2 ** (31 - exponent));
  return factor === 2 ** 31 ? { factor: 2 ** 30, exponent: exponent + 1 } : { factor, exponent };
}

/** x / 2^shift, rounded. */
function shifted(x: bigint, shift: number, rounding: Rounding): bigint {
  if (shift <= 0) return x << BigInt(-shift);
  const by = BigInt(shift);
  const half = 1n << (by - 1n);
  if (rounding === 'half-up') return (x + half) >> by;
  if (rounding === 'half-away') return x < 0n ? -((half - x) >> by) : (x + half) >> by;
  const up = (x + half) >> by;
  const isTie = (x & ((1n << by) - 1n)) === half;
  return isTie && (up & 1n) === 1n ? up - 1n : up;
}

function saturated(x: bigint): bigint {
  const limit = 2n ** 31n;
  return x >= limit ? limit - 1n : x < -limit ? -limit : x;
}

/** A double as an integer. */
function rounded(x: number, rounding: Rounding): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  if (rounding === 'half-up') return floor + 1;
  if (rounding === 'half-away') return x < 0 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
