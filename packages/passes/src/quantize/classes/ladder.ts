import type { Histogram } from '../statistics/histogram.ts';
import { joinRanges, type Range, rangeOf, widthOf } from '../statistics/range.ts';
import { bitsOf, type CodeType, codeTypes, type Format } from '../theta/format.ts';
import { thetaOf } from '../theta/theta.ts';
import { hasType } from './demand.ts';
import { coarsestScale, type Tolerance } from './tolerance.ts';

/** The ways out for a member that would lose too much in a class that it must be in, in the order in which they are tried. */
export type Step =
  | {
      /** Multiply the small branch by a power of two before it meets the others, and divide behind. */
      readonly step: 'equalise';
      /** The largest exponent of the power for which the class has room. */
      readonly exponent: number;
    }
  | { readonly step: 'wider-codes'; readonly dtype: CodeType }
  /** Let the member have a scale of its own, and requantize it where it meets the others. */
  | { readonly step: 'requantize' }
  /** Leave what binds them in floats. */
  | { readonly step: 'leave-out' };

/** What the ladder has to know. */
export interface LadderCase {
  readonly member: Histogram;
  readonly format: Format;
  /** Of the whole class. */
  readonly range: Range;
  /** Types that the class may have, as a set. */
  readonly types: number;
  readonly tolerance: Tolerance;
  /** Whether the graph lets the branch be scaled, and unscaled behind what binds it. */
  readonly scalable: boolean;
  /** Whether the target can requantize on the way to a use. */
  readonly requantizes: boolean;
}

export function stepFor(c: LadderCase): Step {
  if (c.scalable) {
    const exponent = roomFor(c);
    if (exponent > 0) return { step: 'equalise', exponent };
  }
  const dtype = widerType(c);
  if (dtype) return { step: 'wider-codes', dtype };
  return { step: c.requantizes ? 'requantize' : 'leave-out' };
}

/** How much coarser the scale of a class may become by a branch that is multiplied. */
const GROWTH = 1.1;

/** How often a member can be doubled before the class needs a coarser scale for it. */
function roomFor({ member, range, format }: LadderCase): number {
  const { min, max } = rangeOf(member);
  const most = GROWTH * thetaOf(range, format).scale;
  let exponent = Math.floor(Math.log2(widthOf(range) / (max - min)));
  for (; exponent > 0; exponent -= 1) {
    const factor = 2 ** exponent;
    const joint = joinRanges(range, { min: min * factor, max: max * factor });
    if (thetaOf(joint, format).scale <= most) break;
  }
  return exponent;
}

/** A type of more bits that the class may have, with which the member is well. */
function widerType({ member, format, range, types, tolerance }: LadderCase): CodeType | undefined {
  const coarsest = coarsestScale(member, format, tolerance);
  return codeTypes.find((dtype) => {
    if (bitsOf(dtype) <= bitsOf(format.dtype) || !hasType(types, dtype)) return false;
    return thetaOf(range, { ...format, dtype }).scale <= coarsest;
  });
}
