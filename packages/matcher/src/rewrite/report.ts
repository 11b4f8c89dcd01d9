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

/** The first attempts of a rule find its code cold; all of them are timed. */
const COLD = 8;

/** Searches that were given up are listed up to so many. */
const MAX_EXHAUSTED = 64;

/** Time that a rule takes, from a clock beside some of its attempts. */
class Timer {
  private attempts = 0;
  /** Milliseconds of the first attempts. */
  private cold = 0;
  /** Milliseconds of later attempts that were timed, and how many those are. */
  private warm = 0;
  private samples = 0;
  private started: number | undefined;

  start(): void {
    this.attempts += 1;
    this.started = this.isSampled() ? performance.now() : undefined;
  }

  stop(): void {
    if (this.started === undefined) return;
    const spent = performance.now() - this.started;
    if (this.attempts <= COLD) {
      this.cold += spent;
    } else {
      this.warm += spent;
      this.samples += 1;
    }
  }

  /** All of the first attempts are, then fewer and fewer, but one in 64 at least. */
  private isSampled(): boolean {
    const { attempts } = this;
    return attempts <= COLD || attempts % 64 === 0 || (attempts & (attempts - 1)) === 0;
  }

  /** The estimate for all attempts. */
  get milliseconds(): number {
    const { attempts, samples, cold, warm } = this;
    return samples === 0 ? cold : cold + (warm * (attempts - COLD)) / samples;
  }
}

/** @internal Collects a report. */
export class Recorder {
  private readonly applied = new Map<string, number>();
  private readonly refused = new Map<string, Map<string, number>>();
  private readonly timers = new Map<string, Timer>();
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

  timerOf(rule: string): Timer {
    let timer = this.timers.get(rule);
    if (!timer) {
      timer = new Timer();
      this.timers.set(rule, timer);
    }
    return timer;
  }

  report(): RewriteReport {
    const { rewrites, visits, stopped, cycle } = this;
    return {
      applied: Object.fromEntries(this.applied),
      refused: Object.fromEntries([...this.refused].map(([rule, r]) => [rule, Object.fromEntries(r)])),
      rewrites,
      visits,
      milliseconds: Object.fromEntries([...this.timers].map(([rule, t]) => [rule, t.milliseconds])),
      ...(this.exhausted.length === 0 ? {} : { exhausted: this.exhausted }),
      ...(stopped === undefined ? {} : { stopped }),
      ...(cycle === undefined ? {} : { cycle }),
    };
  }
}
