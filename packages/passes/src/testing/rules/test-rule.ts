import { type DType, Editor, type Model, printModel, printType, type Value } from '@refold/ir';
import { type CompiledRules, compile, rule as makeRule, type Rule, rewrite } from '@refold/matcher';
import { Random, seedFor } from '@refold/runtime';
import { agreementOf } from './agreement.ts';
import { bodyText } from './body-text.ts';
import { Cases, type Instance } from './cases.ts';
import { reread } from './instance/instance.ts';
import { mutants } from './mutants/index.ts';
import type { Mutant } from './mutants/mutant.ts';
import { NoInstance } from './no-instance.ts';
import { RuleTestError, type RuleTestOptions, type RuleTestReport, type Survivor } from './report.ts';
import { shrink } from './shrink.ts';
import { type Outcome, tryRule } from './trial.ts';

const DEFAULT_RUNS = 24;
const DEFAULT_MUTANTS = 4;

/** Decisions that an instance is made of, and a change. */
const DECISIONS = 160;
const CHANGES = 8;

/** Attempts for each instance that is asked for. */
const ATTEMPTS = 8;

/**
 * Tests a rule by generation. Instances of its pattern, in all spellings, opsets and types that it serves, must be
 * rewritten, once, to models that compute the same within the exactness class of the rule; so must small changes of
 * them, where the rule fires at all. What fails is made small.
 * @throws RuleTestError with the smallest model that was found, in textual syntax.
 */
export async function testRule(rule: Rule, options: RuleTestOptions = {}): Promise<RuleTestReport> {
  const test = new RuleTest(rule, options);
  test.positives();
  for (const mutant of mutants) {
    if (options.kinds && !options.kinds.includes(mutant.kind)) continue;
    // A long test lets others have their turn.
    await Promise.resolve();
    test.mutants(mutant);
  }
  return test.report();
}

class RuleTest {
  private readonly rule: Rule;
  private readonly options: RuleTestOptions;
  private readonly rules: CompiledRules;
  /** The pattern of the rule alone. */
  private readonly pattern: CompiledRules;
  private readonly cases: Cases;
  private readonly seed: number;
  private readonly started = performance.now();
  private readonly opsets = new Set<number>();
  private readonly dtypes = new Set<DType>();
  private readonly survivors: Survivor[] = [];
  private readonly count = { positives: 0, discarded: 0, refused: 0, followed: 0, invalid: 0 };
  private maxUlp = 0;

  constructor(rule: Rule, options: RuleTestOptions) {
    this.rule = rule;
    this.options = options;
    this.rules = compile([rule]);
    this.pattern = compile([patternOnly(rule)]);
    this.cases = new Cases(rule, options);
    this.seed = options.seed ?? 1;
  }

  positives(): void {
    const { written } = this.cases;
    if (written !== undefined) {
      for (let i = 0; i < written; i += 1) this.positive([i]);
      return;
    }
    const runs = Math.max(this.options.runs ?? DEFAULT_RUNS, this.cases.count);
    const random = new Random(seedFor(this.rule.spec.name, this.seed));
    const reasons = new Map<string, number>();
    for (let i = 0; i < runs * ATTEMPTS && this.count.positives < runs; i += 1) {
      // The first decision is which case: one after the other.
      const reason = this.positive([i, ...decisionsOf(random, DECISIONS)]);
      if (reason === undefined) continue;
      this.count.discarded += 1;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    for (let i = 0; i < runs; i += 1) this.positive(decisionsOf(random, DECISIONS), true);
    if (this.count.positives > 0) return;
    const [most] = [...reasons].sort((a, b) => b[1] - a[1]);
    throw new RuleTestError(this.rule.spec.name, `needs \`instances\`: ${most?.[0] ?? 'no model was found'}`);
  }

  /** Tries an instance; answers why it is none. */
  private positive(decisions: readonly number[], loose = false): string | undefined {
    const instance = this.instance(decisions, loose);
    if (typeof instance === 'string') return instance;
    const outcome = this.judged(instance, loose);
    if (outcome.kind === 'wrong') {
      const same = (smaller: readonly number[]): boolean => {
        const other = this.instance(smaller, loose);
        return typeof other !== 'string' && this.judged(other, loose).kind === 'wrong';
      };
      const smallest = this.instance(shrink(decisions, same), loose);
      const shown = typeof smallest === 'string' ? instance : smallest;
      throw this.error(this.judged(shown, loose), shown.model, undefined);
    }
    if (outcome.kind === 'invalid') return outcome.reason;
    if (outcome.kind === 'refused') return `the rule declines: ${outcome.reasons.join()}`;
    if (outcome.kind !== 'applied' || loose) return undefined;
    this.count.positives += 1;
    this.opsets.add(instance.opset);
    if (instance.dtype) this.dtypes.add(instance.dtype);
    this.maxUlp = Math.max(this.maxUlp, outcome.maxUlp);
    return undefined;
  }

  private instance(decisions: readonly number[], loose: boolean): Instance | string {
    try {
      return this.cases.draw(decisions, loose);
    } catch (error) {
      if (error instanceof NoInstance) return error.message;
      throw error;
    }
  }

  private outcome(model: Model): Outcome {
    const outcome = tryRule(this.rule, this.rules, model, this.seed);
    if (outcome.kind !== 'unmatched') return outcome;
    for (const graph of model.graphs()) {
      for (const _ of this.pattern.find(graph)) return { kind: 'refused', reasons: ['nothing to do'] };
    }
    return outcome;
  }

  /** What the rule does to an instance; `wrong` also when it does less than it promises. */
  private judged({ model, promised, generated }: Instance, loose: boolean): Outcome {
    const outcome = this.outcome(model);
    if (outcome.kind === 'unmatched' && !loose)
      return { kind: 'wrong', message: 'its pattern does not match this spelling' };
    if (outcome.kind === 'refused' && promised && !outcome.reasons.some((reason) => notInOpset.has(reason)))
      return { kind: 'wrong', message: `it is made for this, but declines: ${outcome.reasons.join()}` };
    if (outcome.kind === 'applied' && outcome.times > 1 && generated && !loose)
      return { kind: 'wrong', message: `it is applied ${outcome.times} times`, after: outcome.after };
    return outcome;
  }

  mutants(mutant: Mutant): void {
    const random = new Random(seedFor(`${this.rule.spec.name} ${mutant.kind}`, this.seed));
    const wanted = this.options.mutants ?? DEFAULT_MUTANTS;
    let made = 0;
    for (let i = 0; i < wanted * ATTEMPTS && made < wanted; i += 1) {
      // Places one after the other, so that few mutants reach many of them.
      const changes = [i, ...decisionsOf(random, CHANGES)];
      if (this.mutant(mutant, decisionsOf(random, DECISIONS), changes)) made += 1;
    }
  }

  /** Tries a mutant; answers whether it was one. */
  private mutant(mutant: Mutant, decisions: readonly number[], changes: readonly number[]): boolean {
    const made = this.mutated(mutant, decisions, changes);
    if (!made) return false;
    const { model, change } = made;
    const outcome = tryRule(this.rule, this.rules, model, this.seed);
    switch (outcome.kind) {
      case 'invalid':
        this.count.invalid += 1;
        return false;
      case 'wrong':
        throw this.smallest(mutant, decisions, changes);
      case 'applied':
        this.count.followed += 1;
        this.noteSurvivor(mutant, this.cases.draw(decisions), model, change, outcome.after);
        return true;
      default:
        this.count.refused += 1;
        return true;
    }
  }

  private mutated(mutant: Mutant, decisions: readonly number[], changes: readonly number[]) {
    try {
      return this.cases.mutate(mutant, decisions, changes);
    } catch (error) {
      if (error instanceof NoInstance) return undefined;
      throw error;
    }
  }

  private smallest(mutant: Mutant, decisions: readonly number[], changes: readonly number[]): RuleTestError {
    const failing = (d: readonly number[], c: readonly number[]) => {
      const made = this.mutated(mutant, d, c);
      const outcome = made && tryRule(this.rule, this.rules, made.model, this.seed);
      return made && outcome?.kind === 'wrong' ? { made, outcome } : undefined;
    };
    const fewer = shrink(decisions, (d) => failing(d, changes) !== undefined);
    const least = shrink(changes, (c) => failing(fewer, c) !== undefined);
    const found = failing(fewer, least) ?? failing(decisions, changes);
    if (!found) return new RuleTestError(this.rule.spec.name, 'fails, but not every time');
    return this.error(found.outcome, found.made.model, `${mutant.kind}: ${found.made.change}`);
  }

  /** A change that the result does not show, though it changes what is computed. */
  private noteSurvivor(mutant: Mutant, base: Instance, model: Model, change: string, after: Model): void {
    if (interfaceText(model) !== interfaceText(base.model)) return;
    const original = reread(base.model);
    rewrite(new Editor(original), this.rules, { exactness: 'approximate' });
    if (bodyText(original) !== bodyText(after)) return;
    if (agreementOf(model, base.model, 'exact', this.seed).kind === 'equal') return;
    const reason = new Map(Object.entries(this.options.allow ?? {})).get(mutant.kind);
    if (reason === undefined)
      throw this.error(
        { kind: 'wrong', message: 'does not see a change', after },
        model,
        `${mutant.kind}: ${change}`,
      );
    this.survivors.push({ mutant: mutant.kind, change, model: printModel(model), reason });
  }

  private error(outcome: Outcome, model: Model, mutant: string | undefined): RuleTestError {
    const { name } = this.rule.spec;
    const before = printModel(model);
    const message = outcome.kind === 'wrong' ? outcome.message : outcome.kind;
    const lines = [`is wrong (seed ${this.seed}): ${message}`];
    if (mutant !== undefined) lines.push(`changed: ${mutant}`);
    lines.push('before:', before);
    if (outcome.kind === 'wrong' && outcome.after) lines.push('after:', printModel(outcome.after));
    return new RuleTestError(name, lines.join('\n'), before, mutant);
  }

  report(): RuleTestReport {
    const { positives, discarded, refused, followed, invalid } = this.count;
    return {
      rule: this.rule.spec.name,
      seed: this.seed,
      positives,
      discarded,
      opsets: [...this.opsets].sort((a, b) => a - b),
      dtypes: [...this.dtypes].sort(),
      mutants: { refused, followed, invalid },
      survivors: this.survivors,
      maxUlp: this.maxUlp,
      milliseconds: performance.now() - this.started,
    };
  }
}

function decisionsOf(random: Random, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.bits());
}

/** Reasons of the driver that depend on versions and types, which patterns leave open. */
const notInOpset: ReadonlySet<string> = new Set([
  ...['op-not-in-opset', 'dtype-not-in-opset', 'attribute-not-in-opset', 'arity-not-in-opset'],
]);

/** What callers feed and get. */
function interfaceText({ graph }: Model): string {
  const typed = (v: Value): string => (v.type ? printType(v.type) : '?');
  return [...graph.inputs.filter((v) => v.useCount > 0 && !v.tensor), ...graph.outputs].map(typed).join();
}

/** The rule without what its code says. */
function patternOnly({ spec }: Rule): Rule {
  const { name, doc, match, exactness, phase } = spec;
  return makeRule({ name, doc, match, exactness, phase, build: (m) => m.$root });
}
