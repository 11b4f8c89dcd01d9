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
  readonly applied: Readonly<Record<string, number>>;
  /** Number of matches that were not rewritten, by rule and reason. */
  readonly refused: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Searches that were given up for their length, by rule and node at the root: the first few. */
  readonly exhausted?: readonly { readonly rule: string; readonly node: string }[];
  readonly rewrites: number;
  /** Nodes looked at. */
  readonly visits: number;
  /** Time by rule, spent on guards, building and checks: estimated from samples, since clocks are slow. */
  readonly milliseconds: Readonly<Record<string, number>>;
  /** `cycle`: rules undid each other, and were stopped there; `limit`: there were more rewrites than allowed. */
  readonly stopped?: 'cycle' | 'limit';
  /** The rewrites of the first cycle, in order. */
  readonly cycle?: readonly RewriteEvent[];
}

interface Timing {
  attempts: number;
  /** Milliseconds of the first attempts, while the code is cold; all of them are timed. */
  cold: number;
  /** Milliseconds of later attempts that were timed, and how many those are. */
  warm: number;
  samples: number;
}

const COLD = 8;

/** Searches that were given up are listed up to so many. */
const MAX_EXHAUSTED = 64;

/** Whether an attempt is timed: all of the first few, then fewer and fewer, but one in 64 at least. */
function isSampled(attempt: number): boolean {
  return attempt <= COLD || attempt % 64 === 0 || (attempt & (attempt - 1)) === 0;
}

/** @internal Collects a report. */
export class Recorder {
  private readonly applied = new Map<string, number>();
  private readonly refused = new Map<string, Map<string, number>>();
  private readonly timings = new Map<string, Timing>();
  private readonly exhausted: { readonly rule: string; readonly node: string }[] = [];
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

  exhaust(rule: string, node: string): void {
    this.refuse(rule, 'fuel');
    if (this.exhausted.length < MAX_EXHAUSTED) this.exhausted.push({ rule, node });
  }

  apply(rule: string): void {
    this.rewrites += 1;
    this.applied.set(rule, (this.applied.get(rule) ?? 0) + 1);
  }

  /** Runs one attempt of a rule, with a clock beside it now and then. */
  time<T>(rule: string, attempt: () => T): T {
    let timing = this.timings.get(rule);
    if (!timing) {
      timing = { attempts: 0, samples: 0, cold: 0, warm: 0 };
      this.timings.set(rule, timing);
    }
    timing.attempts += 1;
    if (!isSampled(timing.attempts)) return attempt();
    const start = performance.now();
    try {
      return attempt();
    } finally {
      const spent = performance.now() - start;
      if (timing.attempts <= COLD) {
        timing.cold += spent;
      } else {
        timing.warm += spent;
        timing.samples += 1;
      }
    }
  }

  private *estimates(): Generator<readonly [string, number]> {
    for (const [rule, { attempts, samples, cold, warm }] of this.timings) {
      yield [rule, samples === 0 ? cold : cold + (warm * (attempts - COLD)) / samples];
    }
  }

  report(): RewriteReport {
    const { rewrites, visits, stopped, cycle } = this;
    return {
      applied: Object.fromEntries(this.applied),
      refused: Object.fromEntries([...this.refused].map(([rule, r]) => [rule, Object.fromEntries(r)])),
      rewrites,
      visits,
      milliseconds: Object.fromEntries(this.estimates()),
      ...(this.exhausted.length === 0 ? {} : { exhausted: this.exhausted }),
      ...(stopped === undefined ? {} : { stopped }),
      ...(cycle === undefined ? {} : { cycle }),
    };
  }
}
