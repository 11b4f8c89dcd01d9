import { type DType, type Model, newestOpset, schemaVersions } from '@refold/ir';
import type { DTypeClass, InstanceHint, PatternData, Rule } from '@refold/matcher';
import { Choices } from '@refold/runtime/testing/choices';
import { allDTypes, isOfClass } from './instance/draft.ts';
import { instanceOf, reread, type Surroundings, seedModel } from './instance/instance.ts';
import { type Mutant, Site } from './mutants/mutant.ts';
import { NoInstance } from './no-instance.ts';
import type { RuleTestOptions } from './report.ts';

/** A model for a rule, as decisions say it. */
export interface Instance {
  readonly model: Model;
  readonly opset: number;
  readonly dtype: DType | undefined;
  /** Whether the rule is made for it, by a hint: then it must be applied. */
  readonly promised: boolean;
  /** Whether it is made of the pattern, not written out. */
  readonly generated: boolean;
}

/** Opset versions beyond those that stand in the pattern's own operators. */
const FIRST_OPSET = 7;

/** Makes the instances of a rule. The same decisions give the same instance. */
export class Cases {
  private readonly rule: Rule;
  private readonly hints: readonly InstanceHint[];
  private readonly promised: boolean;
  private readonly opsets: readonly number[];
  private readonly dtypes: readonly DType[];

  constructor(rule: Rule, options: RuleTestOptions) {
    this.rule = rule;
    const hints = [...(rule.spec.instances ?? []), ...(options.instances ?? [])];
    this.promised = hints.length > 0;
    this.hints = this.promised ? hints : [{}];
    const parts = partsOf(rule.spec.match.data);
    const oldest = Math.max(FIRST_OPSET, ...(rule.spec.emits ?? []).map((e) => (e.domain ? 1 : e.since)));
    const all = Array.from({ length: newestOpset() - oldest + 1 }, (_, i) => oldest + i);
    const known = new Set(parts.flatMap(versionsOf));
    // Versions that changed an operator of the pattern come twice.
    this.opsets = options.opsets ?? [...all, ...all.filter((v) => known.has(v))];
    this.dtypes = options.dtypes ?? dtypesOf(parts);
  }

  /** Hints that instances start from. */
  get count(): number {
    return this.hints.length;
  }

  /** Models that are written out, when there are no others: each of them needs to be tried once only. */
  get written(): number | undefined {
    return this.hints.every((hint) => hint.model !== undefined) ? this.hints.length : undefined;
  }

  /** `loose` instances have sizes of 1 too, and promise nothing. */
  draw(decisions: readonly number[], loose = false): Instance {
    const choices = new Choices(decisions);
    const hint = choices.any(this.hints) ?? {};
    const drawn = choices.any(this.opsets.filter((v) => v >= (hint.opset ?? 0)));
    if (hint.model !== undefined) {
      const opset = hint.opset ?? SEED_OPSET;
      const model = seedModel(hint.model, opset);
      return { model, opset, dtype: hint.dtype, promised: !loose, generated: false };
    }
    if (!this.promised && isBare(this.rule.spec.match.data)) {
      throw new NoInstance('its conditions are in code, so one with a `model`');
    }
    const opset = drawn ?? hint.opset ?? newestOpset();
    const dtype = hint.dtype ?? choices.any(this.dtypes) ?? 'float32';
    const where: Surroundings = choices.any(['main', 'main', 'main', 'if', 'loop']) ?? 'main';
    const model = instanceOf(this.rule, { choices, opset, dtype, hint, ones: loose }, where);
    return { model, opset, dtype, promised: this.promised && !loose, generated: true };
  }

  /** An instance with a change, and what was changed; undefined where the change has no place. */
  mutate(
    mutant: Mutant,
    decisions: readonly number[],
    changes: readonly number[],
  ): { readonly model: Model; readonly change: string } | undefined {
    const { model } = this.draw(decisions);
    const change = mutant.mutate(new Site(model, new Choices(changes)));
    return change === undefined ? undefined : { model: reread(model), change };
  }
}

/** Whether a pattern only says at which operators a rule starts. */
function isBare(p: PatternData): boolean {
  return p.kind === 'op' && p.extraInputs && p.inputs.length === 0;
}

/** The opset of a model that a hint writes without one. */
const SEED_OPSET = 18;

function partsOf(root: PatternData): readonly PatternData[] {
  const seen = new Set<PatternData>();
  const stack: PatternData[] = [root];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (seen.has(p)) continue;
    seen.add(p);
    stack.push(...innerOf(p));
  }
  return [...seen];
}

function innerOf(p: PatternData): readonly PatternData[] {
  switch (p.kind) {
    case 'op':
      return p.inputs;
    case 'choice':
      return p.alternatives.map((a) => a.of);
    case 'sum':
    case 'product':
      return p.parts.map((part) => part.of);
    case 'repeat':
      return [p.body, p.base];
    case 'roots':
      return p.roots.map((r) => r.of);
    case 'list':
      return [p.each];
    case 'named':
    case 'through':
    case 'permuted':
    case 'reshaped':
      return [p.of];
    default:
      return [];
  }
}

function versionsOf(p: PatternData): readonly number[] {
  return p.kind === 'op' && p.domain === '' ? p.ops.flatMap((name) => schemaVersions('', name)) : [];
}

/** The types that pass the most tests of a pattern, float32 as often as all others. */
function dtypesOf(parts: readonly PatternData[]): readonly DType[] {
  const tests = parts.flatMap((p): readonly (DTypeClass | readonly DTypeClass[])[] => {
    if (p.kind !== 'value' && p.kind !== 'constant' && p.kind !== 'op') return [];
    return p.test.dtype === undefined ? [] : [p.test.dtype];
  });
  const passed = (dtype: DType): number => tests.filter((test) => isOfClass(dtype, test)).length;
  const most = Math.max(...allDTypes.map(passed));
  const fit = allDTypes.filter((dtype) => passed(dtype) === most);
  return fit.includes('float32') ? [...fit.map((): DType => 'float32'), ...fit] : fit;
}
