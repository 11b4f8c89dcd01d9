import type { Histogram } from '../statistics/histogram.ts';
import type { Range } from '../statistics/range.ts';
import { rangeOf, widthOf } from '../statistics/range.ts';
import { bitsOf, type CodeType, codeTypes, type Format } from '../theta/format.ts';
import { thetaOf } from '../theta/theta.ts';
import { hasType } from './demand.ts';
import { coarsestScale, type Tolerance } from './tolerance.ts';

/** The ways out for a member that would lose too much in a class that it must be in, in the order in which they are tried. */
export type Step =
  | {
      /** Multiply the small branch by a power of two before it meets the others, and divide behind. */
      readonly step: 'equalise';
      /** The exponent of the power. */
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
    const exponent = Math.floor(Math.log2(widthOf(c.range) / widthOf(rangeOf(c.member))));
    if (exponent > 0) return { step: 'equalise', exponent };
  }
  const dtype = widerType(c);
  if (dtype) return { step: 'wider-codes', dtype };
  return { step: c.requantizes ? 'requantize' : 'leave-out' };
}

/** A type of more bits that the class may have, with which the member is well. */
function widerType({ member, format, range, types, tolerance }: LadderCase): CodeType | undefined {
  const coarsest = coarsestScale(member, format, tolerance);
  return codeTypes.find((dtype) => {
    if (bitsOf(dtype) <= bitsOf(format.dtype) || !hasType(types, dtype)) return false;
    return thetaOf(range, { ...format, dtype }).scale <= coarsest;
  });
}
