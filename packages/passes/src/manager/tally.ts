import type { RewriteReport } from '@refold/matcher';
import type { RulePass } from './pass.ts';
import type { PassReport, RuleReport } from './report.ts';

/** What one pass has done so far. */
export class Tally {
  private readonly name: string;
  private readonly refusals = new Map<string, number>();
  private readonly rules = new Map<string, RuleReport>();
  changes = 0;
  milliseconds = 0;
  /** Why the pass failed. */
  error: string | undefined;

  constructor(name: string) {
    this.name = name;
  }

  refuse(reason: string, times = 1): void {
    count(this.refusals, reason, times);
  }

  /** Adds what a run of many rules says of those of one pass. Returns the number of their rewrites. */
  addRules({ rules }: RulePass, run: RewriteReport): number {
    let all = 0;
    for (const { spec } of rules) {
      const changes = run.applied[spec.name] ?? 0;
      const milliseconds = run.milliseconds[spec.name] ?? 0;
      const refusals = run.refused[spec.name] ?? {};
      all += changes;
      this.changes += changes;
      this.milliseconds += milliseconds;
      for (const [reason, times] of Object.entries(refusals)) this.refuse(reason, times);
      this.addRule(spec.name, { changes, milliseconds, refusals });
    }
    return all;
  }

  report(): PassReport {
    const { name, changes, milliseconds, refusals, rules, error } = this;
    return {
      name,
      changes,
      milliseconds,
      refusals: Object.fromEntries(refusals),
      ...(rules.size === 0 ? {} : { rules: Object.fromEntries(rules) }),
      ...(error === undefined ? {} : { error }),
    };
  }

  /** Rules that never matched are left out. */
  private addRule(name: string, now: RuleReport): void {
    if (now.changes === 0 && Object.keys(now.refusals).length === 0) return;
    const before = this.rules.get(name);
    const refusals = new Map(Object.entries(before?.refusals ?? {}));
    for (const [reason, times] of Object.entries(now.refusals)) count(refusals, reason, times);
    this.rules.set(name, {
      changes: now.changes + (before?.changes ?? 0),
      milliseconds: now.milliseconds + (before?.milliseconds ?? 0),
      refusals: Object.fromEntries(refusals),
    });
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
