import { type DType, RefoldError } from '@refold/ir';
import type { InstanceHint } from '@refold/matcher';

/** How a rule is tested. Every option has a default. */
export interface RuleTestOptions {
  /** The same seed gives the same test; 1 when absent. */
  readonly seed?: number;
  /** Instances that must match; 24 when absent, and one for each case at least. */
  readonly runs?: number;
  /** Mutants of each kind; 4 when absent. */
  readonly mutants?: number;
  /** Kinds of mutants to try; all when absent. */
  readonly kinds?: readonly string[];
  /** Versions of the standard opset to draw from; all that the rule can serve when absent. */
  readonly opsets?: readonly number[];
  readonly dtypes?: readonly DType[];
  /** Cases beside those of the rule itself. */
  readonly instances?: readonly InstanceHint[];
  /**
   * Kinds of mutants that may survive, each with the reason: the rule fires, though what was changed is lost, and the
   * results differ by no more than rounding.
   */
  readonly allow?: Readonly<Record<string, string>>;
}

/** A mutant at which a rule fires as if nothing had been changed. */
export interface Survivor {
  readonly mutant: string;
  readonly change: string;
  /** In textual syntax. */
  readonly model: string;
  /** Why that is right, by {@link RuleTestOptions.allow}. */
  readonly reason: string;
}

/** What a test of a rule has tried. */
export interface RuleTestReport {
  readonly rule: string;
  readonly seed: number;
  /** Instances at which the rule was applied, and gave the same results. */
  readonly positives: number;
  /** Instances that could not be built, or that the guard declined, where no hint promises more. */
  readonly discarded: number;
  readonly opsets: readonly number[];
  readonly dtypes: readonly DType[];
  readonly mutants: {
    /** The rule did not fire. */
    readonly refused: number;
    /** The rule fired, and the results are the same. */
    readonly followed: number;
    /** No valid model came of the change. */
    readonly invalid: number;
  };
  readonly survivors: readonly Survivor[];
  /** Largest distance of results of instances on ordinary inputs, in units in the last place. */
  readonly maxUlp: number;
  readonly milliseconds: number;
}

/** A rule that does not do what it says, with the smallest model that was found. */
export class RuleTestError extends RefoldError {
  readonly rule: string;
  /** In textual syntax; empty when the rule was tried on none. */
  readonly model: string;
  /** What was changed in an instance, when it was. */
  readonly mutant: string | undefined;

  constructor(rule: string, message: string, model = '', mutant?: string) {
    super('check/different', `rule ${rule} ${message}`);
    this.name = 'RuleTestError';
    this.rule = rule;
    this.model = model;
    this.mutant = mutant;
  }
}
