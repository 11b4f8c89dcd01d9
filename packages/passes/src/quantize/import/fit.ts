import type { CodeFamily } from '../targets/target.ts';
import { bitsOf, type CodeType, codesOf, middleOf } from '../theta/format.ts';
import { powerAbove, type Theta } from '../theta/theta.ts';

/** The least and the largest code that occur. */
export type CodeLimits = readonly [low: number, high: number];

/**
 * Scale and zero point that give the same numbers in codes of a target: uint8 with zero point 128 is int8 with 0.
 * Undefined where the target has no codes for them.
 * @param limits which codes occur; all of the type when absent.
 */
export function fitted(theta: Theta, family: CodeFamily, limits?: CodeLimits): Theta | undefined {
  const { format, scale, zeroPoint } = theta;
  if (family.powerOfTwo && powerAbove(scale) !== scale) return undefined;
  const [low, high] = limits ?? codesOf(format);
  // In the order of the target, so that values that meet have one type, also where some are of training and some are not.
  for (const dtype of family.types.filter((type) => bitsOf(type) === bitsOf(format.dtype))) {
    const zero = family.symmetric ? middleOf(dtype) : zeroPoint + leastOf(dtype) - leastOf(format.dtype);
    const moved = zero - zeroPoint;
    const [least, largest] = codesOf({ ...format, dtype, narrow: false });
    if (low + moved < least || high + moved > largest) continue;
    const symmetric = zero === middleOf(dtype);
    return { format: { ...format, dtype, symmetric }, scale, zeroPoint: zero };
  }
  return undefined;
}

function leastOf(dtype: CodeType): number {
  return codesOf({ dtype, symmetric: false, powerOfTwo: false, narrow: false })[0];
}
