import type { Verdict } from './judge.ts';

/** What came of one model for one target. */
export interface Outcome extends Partial<Verdict> {
  readonly model: string;
  readonly target: string;
  /** Processor seconds. */
  readonly seconds: number;
  /** Why nothing could be asked of it. */
  readonly skipped?: string;
  /** What went wrong, where nothing must. */
  readonly failed?: string;
}

/** Outcomes as a page of text. */
export function pageOf(outcomes: readonly Outcome[]): string {
  return outcomes.map((o) => o.model).join('\n');
}
