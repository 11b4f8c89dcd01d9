import { type DType, isFloat, type Value } from '@refold/ir';
import { behindAliases } from '../canonical/alias.ts';
import { total } from '../match/coefficient.ts';
import { type Assignment, isFree, isPlausible } from '../match/nary.ts';
import type { NaryTree, Term } from '../match/nary-tree.ts';
import type { Search } from '../match/search.ts';
import { productOps, sumOps } from '../pattern/anatomy.ts';
import type { NaryPart, NaryPattern } from '../pattern/pattern.ts';
import { distanceText, toleranceText } from './diagnose-constant.ts';
import { type Finding, nearness } from './finding.ts';
import { literalText, opNames, patternText } from './pattern-text.ts';
import { describeValue, readersOf } from './place.ts';

/** Why a value is not the sum or product that a pattern asks for. `state` is how far the search had come. */
export function diagnoseNary(
  pattern: NaryPattern,
  value: Value,
  search: Search,
  state: Assignment | undefined,
): Finding {
  const tree = state?.tree ?? search.trees.of(pattern.kind, value, search.graph);
  if (!tree) {
    const near = value.producer ? nearness.otherOp : nearness.noNode;
    const expected = `a ${pattern.kind}, ${patternText(pattern, 2)}`;
    return { reason: `no-${pattern.kind}`, expected, found: describeValue(value), nearness: near };
  }
  const taken = state?.taken ?? [];
  const wanted = state ? state.wanted[0] : withoutTerm(pattern, tree);
  // Without a state and a part that has no term at all, this has been told before, with its state.
  if (!state && !wanted) return { ...notMatched(pattern, value), nearness: nearness.nothing };
  if (wanted) return missingPart(pattern, wanted, tree, taken);
  return diagnoseRest(pattern, tree, taken, state);
}

function notMatched(pattern: NaryPattern, value: Value): Omit<Finding, 'nearness'> {
  return { reason: 'not-matched', expected: patternText(pattern, 2), found: describeValue(value) };
}

/** A part that no term can be. */
function withoutTerm(pattern: NaryPattern, tree: NaryTree): NaryPart | undefined {
  return pattern.parts.find(
    ({ of }) => of.kind !== 'constant' && !tree.terms.some((term) => isPlausible(of, term.value)),
  );
}

function missingPart(pattern: NaryPattern, part: NaryPart, tree: NaryTree, taken: readonly Term[]): Finding {
  const what = pattern.kind === 'sum' ? 'term' : 'factor';
  const others = pattern.parts.filter((p) => p.of !== part.of);
  // What other parts may be is theirs; what is left over stands where this part should.
  const open = tree.leaves.filter((leaf) => leaf.value && isFree(leaf, taken) && leaf.number === undefined);
  const unclaimed = open.filter((leaf) => others.every(({ of }) => !isPlausible(of, leaf.value)));
  const instead = (unclaimed.length > 0 ? unclaimed : open)[0]?.value;
  const share = others.filter((p) => tree.terms.some((t) => isPlausible(p.of, t.value))).length;
  const near = { nearness: nearness.parts + (0.4 * share) / pattern.parts.length };
  const shared = (open.length > 0 ? open : tree.leaves).find(
    ({ value }) => isBlocked(pattern, value) && mayHold(value, part),
  );
  if (shared?.value) return { ...sharedInside(shared.value), ...near };
  const turned = isStructure(part)
    ? open.find((leaf) => leaf.times !== part.times && isPlausible(part.of, leaf.value))
    : undefined;
  if (turned) return { ...turnedRound(pattern, part, turned), ...near };
  const own = open.find((leaf) => leaf.times === part.times && isPlausible(part.of, leaf.value));
  if (own && open.length > 1 && pattern.rest === undefined) {
    return leftOver(
      pattern,
      open.filter((leaf) => leaf !== own),
    );
  }
  const expected = `${part.of.kind === 'op' ? opNames(part.of) : patternText(part.of, 2)} as a ${what}`;
  const found = open.length === 0 ? 'nothing left' : describeAll(unclaimed.length > 0 ? unclaimed : open);
  return {
    reason: `no-${what}`,
    expected,
    found,
    at: open.length === 1 || unclaimed.length === 1 ? instead : undefined,
    ...near,
    mend: mendMissing(pattern, part, instead && behindAliases(instead), open.length, others),
  };
}

function isStructure({ of }: NaryPart): boolean {
  return of.kind === 'op' || of.kind === 'sum' || of.kind === 'product';
}

/** A part is there, but with another sign or exponent. */
function turnedRound({ kind }: NaryPattern, part: NaryPart, term: Term): Omit<Finding, 'nearness'> {
  const how = kind === 'sum' ? signText : exponentText;
  return {
    reason: kind === 'sum' ? 'sign' : 'exponent',
    expected: `${patternText(part.of, 2)} ${how(part.times)}`,
    found: `${describeValue(term.value)} ${how(term.times)}`,
    at: term.value,
  };
}

function signText(times: number): string {
  if (Math.abs(times) !== 1) return `added ${times} times`;
  return times === 1 ? 'added' : 'taken away';
}

function exponentText(times: number): string {
  if (times === 1) return 'as a factor';
  return times === -1 ? 'as a divisor' : `to the power ${times}`;
}

/** Whether a leaf would be a bracket of its own, if nothing else read it. */
function isBlocked(pattern: NaryPattern, value: Value | undefined): boolean {
  const node = value?.producer;
  if (!value || !node || node.domain !== '' || value.useCount < 2) return false;
  return (pattern.kind === 'sum' ? sumOps : productOps).includes(node.opType);
}

/** Whether a part may be one of the operands of what makes a value. */
function mayHold(value: Value | undefined, part: NaryPart): boolean {
  return value?.producer?.inputs.some((operand) => isPlausible(part.of, operand)) ?? false;
}

function sharedInside(value: Value): Omit<Finding, 'nearness'> {
  return {
    reason: 'other-uses',
    expected: `one reader of \`${value.name}\`, so that it is inside`,
    found: `it is read by ${readersOf(value).join(', ')}`,
    at: value,
  };
}

function mendMissing(
  pattern: NaryPattern,
  part: NaryPart,
  instead: Value | undefined,
  open: number,
  others: readonly NaryPart[],
): Finding['mend'] {
  const node = instead?.producer;
  const { of } = part;
  if (of.kind === 'op' && node && node.domain === of.domain && !of.ops.includes(node.opType)) {
    const mended = { ...part, of: { ...of, ops: [...of.ops, node.opType] } };
    const parts = pattern.parts.map((p) => (p.of === of ? mended : p));
    return { pattern: { ...pattern, parts }, clause: `${node.label} were ${opNames(of)}` };
  }
  if (open > 0 || others.length === 0 || others.length === pattern.parts.length) return undefined;
  const verb = pattern.kind === 'sum' ? 'added' : 'multiplied by it';
  return { pattern: { ...pattern, parts: others }, clause: `\`${patternText(of, 2)}\` were ${verb}` };
}

/** What is wrong once every part has its term: something left over, or other numbers. */
function diagnoseRest(
  pattern: NaryPattern,
  tree: NaryTree,
  taken: readonly Term[],
  state: Assignment | undefined,
): Finding {
  const left = tree.leaves.filter((leaf) => isFree(leaf, taken));
  const others = left.filter((leaf) => leaf.number === undefined);
  if (others.length > 0 && pattern.rest === undefined) return leftOver(pattern, others);
  return { ...numbersOf(pattern, left, tree.dtype, state?.sign ?? 1), nearness: nearness.number };
}

/** Terms that no part stands for. */
function leftOver(pattern: NaryPattern, others: readonly Term[]): Finding {
  const near = { nearness: nearness.number };
  const blocked = others.find((leaf) => isBlocked(pattern, leaf.value))?.value;
  if (blocked) return { ...sharedInside(blocked), ...near };
  const what = pattern.kind === 'sum' ? 'terms' : 'factors';
  const names = others.map((leaf) => `\`${leaf.value?.name}\``).join(', ');
  const clause = `${names} ${others.length === 1 ? 'was' : 'were'} not in the ${pattern.kind}`;
  return {
    reason: 'left-over',
    expected: `no other ${what}`,
    found: describeAll(others),
    at: others[0]?.value,
    mend: { pattern: { ...pattern, rest: '$left' }, clause },
    ...near,
  };
}

function numbersOf(
  pattern: NaryPattern,
  left: readonly Term[],
  dtype: DType | undefined,
  sign: number,
): Omit<Finding, 'nearness'> {
  const numbers = left.filter((leaf) => leaf.number !== undefined);
  const actual = total(numbers, pattern.kind, sign);
  const at = numbers[0]?.value;
  if (numbers.length === 0 && pattern.parts.some((p) => p.of.kind === 'constant')) {
    return { reason: 'no-number', expected: 'a constant number', found: 'none', at };
  }
  const far =
    dtype !== undefined && isFloat(dtype) ? distanceText(actual, pattern.literal, dtype) : String(actual);
  return {
    reason: 'coefficient',
    expected: `numbers that come to ${literalText(pattern.literal, 'exact', dtype)}${toleranceText(pattern.tol)}`,
    found: numbers.length === 0 ? 'none' : far,
    at,
    mend: {
      pattern: { ...pattern, literal: actual, tol: { rel: 1e-6 } },
      clause: `its numbers came to ${literalText(pattern.literal)}`,
    },
  };
}

function describeAll(terms: readonly Term[]): string {
  return terms.map((term) => describeValue(term.value)).join(', ');
}
