import { RefoldError } from '@refold/ir';
import { type Anatomy, anatomyOf, anchorsOf } from '../pattern/anatomy.ts';
import type { PatternData } from '../pattern/pattern.ts';
import { phases, type Rule } from '../rewrite/rule.ts';
import { skeletonsOf } from './lower.ts';
import type { Skeleton } from './skeleton.ts';

/** A rule with what is computed from its pattern once. */
export interface CompiledRule {
  readonly rule: Rule;
  readonly name: string;
  readonly anatomy: Anatomy;
  /** Operators at which it can be rooted. */
  readonly anchors: ReadonlySet<string>;
  /** Whether the pattern is one operator with any operands: nothing has to be searched. */
  readonly isBare: boolean;
  /** What a graph must have for it to match: one of these. Worked out when somebody asks: few rules meet their operators. */
  readonly skeletons: readonly Skeleton[];
  /** Index into {@link phases}. */
  readonly phase: number;
}

export function compileRule(rule: Rule): CompiledRule {
  const { spec } = rule;
  const anchors = anchorsOf(spec.match.data);
  if (!anchors) {
    throw new RefoldError(
      'usage/option',
      `rule ${spec.name}: the pattern may be a value that no node makes, so it has no place to start from`,
    );
  }
  if (spec.grows && spec.decreases === undefined) {
    throw new RefoldError('usage/option', `rule ${spec.name} grows, but does not say what it decreases`);
  }
  const anatomy = anatomyOf(spec.match.data);
  const isBare = isBareOperator(spec.match.data);
  let skeletons: readonly Skeleton[] | undefined;
  return {
    rule,
    name: spec.name,
    anatomy,
    anchors,
    isBare,
    get skeletons() {
      skeletons ??= skeletonsOf(spec.match.data);
      return skeletons;
    },
    phase: phases.indexOf(spec.phase),
  };
}

function isBareOperator(p: PatternData): boolean {
  if (p.kind !== 'op' || !p.extraInputs || p.inputs.length > 0 || p.params.size > 0 || p.output !== 0)
    return false;
  return Object.keys(p.test).length === 0 && Object.keys(p.since).length === 0;
}

/** Which of two rules comes first at one place: by benefit, then by size of the pattern, then by name. */
export function precedence(a: CompiledRule, b: CompiledRule): number {
  const gain = benefitOf(b) - benefitOf(a);
  if (gain !== 0) return gain;
  const size = b.anatomy.opCount - a.anatomy.opCount;
  if (size !== 0) return size;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function benefitOf(rule: CompiledRule): number {
  return rule.rule.spec.benefit ?? rule.anatomy.opCount;
}
