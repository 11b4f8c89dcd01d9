import type { RuleTestOptions } from '../../src/testing/index.ts';

/** What is known to be wrong with a rule. */
export interface KnownFailure {
  readonly reason: string;
  /** Where it shows. */
  readonly where: RuleTestOptions;
  /** Where the rule holds all the same; `none` when it cannot be tested at all. */
  readonly rest: RuleTestOptions | 'none';
}

/** Rules that fail when they are tested. A rule that passes must be taken from this list. */
export const notYet: Readonly<Record<string, KnownFailure>> = {};
