import { benefitOf, type CompiledRule, precedence } from '../compile/compiled-rule.ts';
import type { Skeleton } from '../compile/skeleton.ts';
import type { NaryPattern, OpPattern, PatternData } from '../pattern/pattern.ts';
import { exactnesses } from '../rewrite/rule.ts';
import { isMoreGeneral } from './generality.ts';
import { meetingOf } from './meeting.ts';
import { partsMayMeet } from './parts.ts';

/** Two rules of one phase that can match at one root. */
export interface Overlap {
  /** The rule that comes first. */
  readonly first: string;
  readonly second: string;
  /** Operators of a graph in which both may match. */
  readonly witness: string;
  /** What decides which comes first: the stated benefit, the size of the pattern, or in the end the name. */
  readonly resolvedBy: 'benefit' | 'size' | 'name';
}

/** A rule whose every match is one of a rule that comes before it. */
export interface Shadow {
  readonly rule: string;
  readonly by: string;
}

/**
 * Pairs of rules that can match at one root, as far as their patterns say. A pattern that is one operator with any
 * operands says nothing: such rules have their conditions in code, and are left out.
 */
export function overlapsOf(rules: readonly CompiledRule[]): readonly Overlap[] {
  const overlaps: Overlap[] = [];
  for (const [first, second] of pairsOf(rules)) {
    const witness = witnessOf(first, second);
    if (witness === undefined) continue;
    overlaps.push({ first: first.name, second: second.name, witness, resolvedBy: decider(first, second) });
  }
  return overlaps;
}

/** Rules that can never win, as far as that can be told: the rule before them matches too, and has no guard. */
export function shadowsOf(rules: readonly CompiledRule[]): readonly Shadow[] {
  const shadows: Shadow[] = [];
  for (const [first, second] of pairsOf(rules)) {
    const { guard, at, exactness, match } = first.rule.spec;
    const other = second.rule.spec;
    if (guard || at || exactnesses.indexOf(exactness) > exactnesses.indexOf(other.exactness)) continue;
    if (isMoreGeneral(match.data, other.match.data)) shadows.push({ rule: second.name, by: first.name });
  }
  return shadows;
}

/**
 * Rules that surely match what they make: the pattern is one operator with operands of which nothing is asked, and
 * the rule emits that operator without saying what gets less.
 */
export function selfMatchesOf(rules: readonly CompiledRule[]): readonly string[] {
  const names: string[] = [];
  for (const { name, isBare, rule } of rules) {
    const { match, guard, at, emits, decreases } = rule.spec;
    const pattern = unnamed(match.data);
    if (isBare || guard || at || decreases !== undefined || pattern.kind !== 'op' || !asksNothing(pattern))
      continue;
    const own = emits?.some((e) => (e.domain ?? '') === pattern.domain && pattern.ops.includes(e.op));
    if (own) names.push(name);
  }
  return names;
}

function unnamed(pattern: PatternData): PatternData {
  let at = pattern;
  while (at.kind === 'named') at = at.of;
  return at;
}

function asksNothing({ inputs, params, test, since }: OpPattern): boolean {
  if (params.size > 0 || Object.keys(test).length > 0 || Object.keys(since).length > 0) return false;
  const names = new Set<string>();
  return inputs.every((input) => {
    if (input.kind === 'any') return true;
    if (input.kind !== 'value' || Object.keys(input.test).length > 0 || names.has(input.name)) return false;
    names.add(input.name);
    return true;
  });
}

/** Pairs of one phase whose patterns say something and may have the same operator at the root, first one first. */
function* pairsOf(rules: readonly CompiledRule[]): Generator<readonly [CompiledRule, CompiledRule]> {
  const ordered = rules.filter((rule) => !rule.isBare).toSorted(precedence);
  for (const [i, first] of ordered.entries()) {
    for (const second of ordered.slice(i + 1)) {
      if (first.phase !== second.phase) continue;
      if ([...first.anchors].some((anchor) => second.anchors.has(anchor))) yield [first, second];
    }
  }
}

function witnessOf(first: CompiledRule, second: CompiledRule): string | undefined {
  for (const a of first.skeletons) {
    for (const b of second.skeletons) {
      const witness = meetingOf(a, b);
      if (witness !== undefined && formsMayMeet(formsOf(first, a), formsOf(second, b))) return witness;
    }
  }
  return undefined;
}

/** Sums and products that the root of a pattern may be, where a skeleton takes it to be one. */
function formsOf({ rule }: CompiledRule, { places }: Skeleton): readonly NaryPattern[] {
  const [, below] = places;
  const via = below?.above?.edge.via;
  const kind = via === 'sum' || via === 'product' ? via : undefined;
  const forms: NaryPattern[] = [];
  const stack = [rule.spec.match.data];
  for (let p = stack.pop(); p; p = stack.pop()) {
    if (p.kind === 'named') stack.push(p.of);
    else if (p.kind === 'choice') stack.push(...p.alternatives.map(({ of }) => of));
    else if (p.kind === kind) forms.push(p);
  }
  return forms;
}

function formsMayMeet(a: readonly NaryPattern[], b: readonly NaryPattern[]): boolean {
  return a.length === 0 || b.length === 0 || a.some((p) => b.some((q) => partsMayMeet(p, q)));
}

function decider(first: CompiledRule, second: CompiledRule): Overlap['resolvedBy'] {
  if (benefitOf(first) !== benefitOf(second)) {
    return first.rule.spec.benefit === undefined && second.rule.spec.benefit === undefined
      ? 'size'
      : 'benefit';
  }
  return first.anatomy.opCount === second.anatomy.opCount ? 'name' : 'size';
}
