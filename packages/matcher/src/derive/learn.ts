import { constantTensor, type Model, sameTensor, staticShape, type Tensor, type Value } from '@refold/ir';
import { dataRule } from '../data/data-rule.ts';
import type { ExprJson, PatternJson, RuleData } from '../data/rule-data.ts';
import type { Exactness, InstanceHint, Rule } from '../rewrite/rule.ts';
import { type Difference, differenceOf } from './difference.ts';
import { captureName } from './from-function.ts';
import { combinationOf } from './known-expression.ts';
import { numbersOf } from './literal.ts';
import { regionEmission } from './region-emission.ts';
import { regionPattern } from './region-pattern.ts';
import { underivable } from './underivable.ts';

/** A way in which a learned rule says more than its pair of models shows. */
export type Generalization = 'dims' | 'dtype' | 'constants' | 'commute';

/** Options of `learnRule`. */
export interface LearnOptions {
  /** `learned/rule` when absent. */
  readonly name?: string;
  /** `reassociate` when absent. */
  readonly exactness?: Exactness;
  /** Which steps to try, all when absent. None is kept that `verify` does not confirm. */
  readonly generalize?: readonly Generalization[];
  /** Whether a rule keeps the numbers, as far as one can test; without it, nothing is generalised. */
  readonly verify?: (rule: Rule) => boolean | Promise<boolean>;
}

/** A rule that was derived from a model before and after a change. */
export interface LearnedRule {
  readonly rule: Rule;
  readonly data: RuleData;
  /** What the rule takes for granted, a sentence each. */
  readonly assumptions: readonly string[];
}

/** How much of the pair a rule keeps. */
interface Generality {
  readonly dims: boolean;
  readonly dtype: boolean;
  readonly constants: boolean;
  readonly commute: boolean;
}

/**
 * Learns the rule that turns the first of two models into the second. Both compute the same; what differs between
 * them becomes the pattern and what takes its place. Types should have been inferred before. Throws
 * `usage/option` when nothing differs, or when the second needs something that the first does not have.
 */
export async function learnRule(
  before: Model,
  after: Model,
  options: LearnOptions = {},
): Promise<LearnedRule> {
  const difference = differenceOf(before.graph, after.graph);
  const write = (g: Generality): RuleData => ruleOf(difference, g, options);
  let generality: Generality = { dims: false, dtype: false, constants: false, commute: false };
  let data = write(generality);
  let rule = dataRule(data);
  const { verify } = options;
  for (const step of verify ? (options.generalize ?? steps) : []) {
    const wider = { ...generality, [step]: true };
    const next = write(wider);
    const candidate = dataRule(next);
    if (JSON.stringify(next) === JSON.stringify(data) || !(await verify?.(candidate))) continue;
    generality = wider;
    data = next;
    rule = candidate;
  }
  return { rule, data, assumptions: assumptionsOf(generality, difference) };
}

const steps: readonly Generalization[] = ['dims', 'dtype', 'constants', 'commute'];

function assumptionsOf(g: Generality, difference: Difference): readonly string[] {
  const opset = difference.roots[0]?.before.graph?.opset();
  return [
    g.dims ? 'sizes may be any' : 'sizes are those of the example',
    g.dtype ? 'element types may be any float type' : 'element types are those of the example',
    g.constants ? 'numbers that both models have may be others' : 'numbers are those of the example',
    g.commute ? 'sums and products may be written in any order' : 'operands come in the order of the example',
    `operators mean what they mean at opset ${opset ?? 'unknown'}`,
  ];
}

function ruleOf(difference: Difference, g: Generality, options: LearnOptions): RuleData {
  const { name = 'learned/rule', exactness = 'reassociate' } = options;
  const captures = new Captures(difference, g);
  const pattern = regionPattern(
    difference.before,
    difference.roots.map((r) => r.before),
    { leaf: (value) => captures.pattern(value), nary: g.commute },
  );
  const emission = regionEmission(
    difference.after,
    difference.roots.map((r) => r.after),
    {
      leaf: (value) => captures.nameOf(value),
      constant: (tensor) => captures.constant(tensor),
      number: (value) => captures.number(value),
    },
  );
  const base = {
    name,
    doc: 'learned from a model before and after',
    phase: 'fuse',
    exactness,
    ...(pattern.defs.length === 0 ? {} : { defs: pattern.defs }),
    ...(emission.lets.length === 0 ? {} : { let: emission.lets }),
    instances: [captures.instance()],
  } as const;
  const [match] = pattern.roots;
  const [emit] = emission.roots;
  if (match === undefined || emit === undefined) throw underivable('the graphs have no outputs');
  if (pattern.roots.length === 1) return { ...base, match, emit };
  const names = difference.roots.map((_, i) => `root${i + 1}`);
  return {
    ...base,
    match: { roots: pattern.roots.map((p, i) => [names[i] ?? '', p]) },
    emit: { roots: emission.roots.map((e, i) => [names[i] ?? '', e]) },
  };
}

/** The values and constants of the first model that a rule captures. */
class Captures {
  private readonly names = new Map<Value, string>();
  private readonly leaves: ReadonlyMap<Value, Value>;
  private readonly constants = new Map<Value, { readonly name: string; readonly tensor: Tensor }>();
  private readonly generality: Generality;

  constructor(difference: Difference, generality: Generality) {
    this.leaves = difference.leaves;
    this.generality = generality;
    for (const value of new Set(difference.leaves.values())) this.names.set(value, this.fresh(value.name));
    const wanted = difference.after.flatMap((node) => node.inputs.map((v) => v && constantTensor(v)));
    for (const node of difference.before) {
      for (const value of node.inputs) {
        const tensor = value && constantTensor(value);
        if (!value || !tensor || this.constants.has(value)) continue;
        if (this.isCaptured(tensor, wanted, difference)) {
          this.constants.set(value, { name: this.fresh(value.name), tensor });
        }
      }
    }
  }

  /** Data are captured; numbers only where they may be others and the second model has them too. */
  private isCaptured(
    tensor: Tensor,
    wanted: readonly (Tensor | undefined)[],
    { after }: Difference,
  ): boolean {
    if (tensor.size > 1) return true;
    if (!this.generality.constants) return false;
    if (wanted.some((t) => t && sameTensor(t, tensor))) return true;
    const [number] = numbersOf(tensor) ?? [];
    return after.some((node) =>
      [...node.attributes.values()].some((a) => a.type === 'float' && a.value === number),
    );
  }

  private fresh(hint: string): string {
    const taken = new Set([...this.names.values(), ...[...this.constants.values()].map((c) => c.name)]);
    const base = captureName(hint);
    let name = base;
    for (let i = 1; taken.has(name); i += 1) name = `${base}_${i}`;
    return name;
  }

  pattern(value: Value): PatternJson | undefined {
    const constant = this.constants.get(value);
    if (constant) return this.constantPattern(constant.name, constant.tensor);
    const name = this.names.get(value);
    const { type } = value;
    if (name === undefined || type?.kind !== 'tensor') return name;
    const { dims, dtype } = this.generality;
    const sizes = dims ? undefined : staticShape(type.shape);
    const test = { dtype: dtype ? 'float' : type.dtype, ...(sizes ? { dims: sizes } : {}) } as const;
    return { value: name, test };
  }

  private constantPattern(name: string, tensor: Tensor): PatternJson {
    const { dims, dtype } = this.generality;
    const test = { ...(dtype ? {} : { dtype: tensor.dtype }), ...(dims ? {} : { dims: tensor.dims }) };
    return { constant: name, ...(tensor.size === 1 ? { test: { splat: true } } : { test }) };
  }

  nameOf(value: Value): string | undefined {
    const leaf = this.leaves.get(value);
    return leaf && this.names.get(leaf);
  }

  /** A constant of the second model, as one of the first or as what two of them come to. */
  constant(tensor: Tensor): ExprJson | undefined {
    const all = [...this.constants.values()];
    const same = all.find((c) => sameTensor(c.tensor, tensor));
    return same ? same.name : combinationOf(tensor, all);
  }

  number(value: number): ExprJson | undefined {
    for (const { name, tensor } of this.constants.values()) {
      if (tensor.size === 1 && numbersOf(tensor)?.[0] === value) return { fn: 'number', args: [name] };
    }
    return undefined;
  }

  instance(): InstanceHint {
    const shapes: Record<string, readonly number[]> = {};
    for (const [value, name] of this.names) {
      const sizes = value.type?.kind === 'tensor' ? staticShape(value.type.shape) : undefined;
      if (sizes) shapes[name] = sizes;
    }
    for (const { name, tensor } of this.constants.values()) shapes[name] = tensor.dims;
    return { shapes };
  }
}
