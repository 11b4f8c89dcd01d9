import type { ModelError } from '@refold/ir';

/** What one pass did over all rounds. */
export interface PassReport {
  readonly name: string;
  /** Number of changes: nodes folded, rewrites applied, items removed. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Why sites were left alone: reason code to number of times. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Of a pass that is a set of rules: what those of them did that matched anywhere. */
  readonly rules?: Readonly<Record<string, RuleReport>>;
  /** Set when the pass failed: it was rolled back and not run again. */
  readonly error?: string;
}

/** What one rule did over all rounds. */
export interface RuleReport {
  /** Number of rewrites. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Why matches were left alone: reason code to number of times. */
  readonly refusals: Readonly<Record<string, number>>;
}

/** What `runPasses` did. */
export interface RunReport {
  readonly passes: readonly PassReport[];
  readonly rounds: number;
  /** Nodes at which rules looked for matches. */
  readonly visits: number;
  /** `settled`: another round would change nothing. */
  readonly stopped: 'settled' | 'round-limit' | 'cycle' | 'rewrite-limit';
  /** Nodes whose operands cannot be right, as inference found. */
  readonly invalid: readonly ModelError[];
}
