/** One rewrite. */
export interface RewriteEvent {
  /** Number of the rewrite, from 1. */
  readonly seq: number;
  readonly rule: string;
  /** Name of the graph. */
  readonly graph: string;
  /** Names of the nodes that are gone (of their first outputs where they have none). */
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Names of the values that were replaced. */
  readonly outputs: readonly string[];
}

/** What a run of rules has done. */
export interface RewriteReport {
  /** Number of rewrites by rule. */
  readonly applied: ReadonlyMap<string, number>;
  /** Number of matches that were not rewritten, by rule and reason. */
  readonly refused: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly rewrites: number;
  /** Nodes looked at. */
  readonly visits: number;
  /** Milliseconds by rule, spent on guards, building and checks. */
  readonly time: ReadonlyMap<string, number>;
  /** `cycle`: rules undid each other, and were stopped there; `limit`: there were more rewrites than allowed. */
  readonly stopped?: 'cycle' | 'limit';
  /** The rewrites of the first cycle, in order. */
  readonly cycle?: readonly RewriteEvent[];
}

/** @internal Collects a report. */
export class Recorder {
  readonly applied = new Map<string, number>();
  readonly refused = new Map<string, Map<string, number>>();
  readonly time = new Map<string, number>();
  rewrites = 0;
  visits = 0;
  stopped: 'cycle' | 'limit' | undefined;
  cycle: readonly RewriteEvent[] | undefined;

  refuse(rule: string, reason: string): void {
    let reasons = this.refused.get(rule);
    if (!reasons) {
      reasons = new Map();
      this.refused.set(rule, reasons);
    }
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }

  apply(rule: string): void {
    this.rewrites += 1;
    this.applied.set(rule, (this.applied.get(rule) ?? 0) + 1);
  }

  spend(rule: string, milliseconds: number): void {
    this.time.set(rule, (this.time.get(rule) ?? 0) + milliseconds);
  }

  report(): RewriteReport {
    const { applied, refused, rewrites, visits, time, stopped, cycle } = this;
    return {
      applied,
      refused,
      rewrites,
      visits,
      time,
      ...(stopped === undefined ? {} : { stopped }),
      ...(cycle === undefined ? {} : { cycle }),
    };
  }
}
