import type { Value } from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import type { ConstantStyle } from './leaves.ts';

/** A part of a pattern that is to be built, for a place. */
export interface Part extends ConstantStyle {
  readonly pattern: PatternData;
  /** Which of several operators to take. */
  readonly op?: string | undefined;
}

/**
 * The building of one part: asks for the parts it is made of, gets their values. A generator, so that the depth of a
 * pattern is not a depth of calls.
 */
export type Building = Generator<Part, Value | undefined, Value | undefined>;
