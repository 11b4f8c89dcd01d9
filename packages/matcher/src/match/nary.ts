import type { Node, Value } from '@refold/ir';
import { behindAliases } from '../canonical/alias.ts';
import { congruent } from '../canonical/congruent.ts';
import { ConstRef } from '../canonical/const-ref.ts';
import { productOps, sumOps } from '../pattern/anatomy.ts';
import type { NaryPart, NaryPattern, OpPattern, PatternData } from '../pattern/pattern.ts';
import { foldedConstant, isCoefficient } from './coefficient.ts';
import { isAsAsked } from './constant.ts';
import type { NaryTree, Term } from './nary-tree.ts';
import type { Goal, Scope, Search } from './search.ts';

/** A part that has still to find its term. */
export interface Wanted extends NaryPart {
  /** For the rest of a power: the term that was taken before, to which this one must be congruent. */
  readonly like: Term | undefined;
}

/** Parts that have found their terms, and parts that have not. */
export interface Assignment {
  readonly pattern: NaryPattern;
  readonly tree: NaryTree;
  readonly root: Value;
  readonly scope: Scope | undefined;
  /** 1, or -1 where a product is a term that a sum takes away. */
  readonly sign: number;
  readonly wanted: readonly Wanted[];
  readonly taken: readonly Term[];
  /** The constant that all numbers left over make. */
  readonly folded: NaryPart | undefined;
}

export function matchNary(
  search: Search,
  pattern: NaryPattern,
  root: Value,
  scope: Scope | undefined,
  sign: number,
): boolean {
  const tree = search.trees.of(pattern.kind, root, search.graph);
  const wanted = tree && inOrder(pattern, tree);
  if (!wanted) return false;
  return assign(search, { pattern, tree, root, scope, sign, wanted, taken: [], folded: undefined });
}

/** Parts with the fewest terms to choose from first; values and then constants take what these leave. */
function inOrder(pattern: NaryPattern, tree: NaryTree): readonly Wanted[] | undefined {
  const ranked: { readonly part: Wanted; readonly count: number; readonly rank: number }[] = [];
  for (const { of, times } of pattern.parts) {
    let count = 0;
    for (const term of tree.terms) if (isPlausible(of, term.value)) count += 1;
    if (count === 0 && of.kind !== 'constant') return undefined;
    ranked.push({ part: { of, times, like: undefined }, count, rank: rankOf(of) });
  }
  return ranked.sort((a, b) => a.rank - b.rank || a.count - b.count).map((r) => r.part);
}

function rankOf(p: PatternData): number {
  if (p.kind === 'constant') return 3;
  if (p.kind === 'any') return 2;
  return p.kind === 'value' ? 1 : 0;
}

/** A look at the operator that makes a value. `true` promises nothing. */
export function isPlausible(p: PatternData, value: Value | undefined): boolean {
  if (!value) return false;
  if (p.kind === 'constant') return ConstRef.of(value) !== undefined;
  if (p.kind === 'named') return isPlausible(p.of, value);
  if (p.kind !== 'op' && p.kind !== 'sum' && p.kind !== 'product') return true;
  return asksFor(p, value.producer) || asksFor(p, behindAliases(value).producer);
}

function asksFor(p: OpPattern | NaryPattern, node: Node | undefined): boolean {
  if (!node) return false;
  if (p.kind === 'op') return p.domain === node.domain && p.ops.includes(node.opType);
  return (p.kind === 'sum' ? sumOps : productOps).includes(node.opType);
}

/** The first wanted part against each term that may be it; then the others. */
function assign(search: Search, state: Assignment): boolean {
  const part = state.wanted[0];
  if (!part) return finish(search, state) || missed(search, state);
  const wanted = state.wanted.slice(1);
  const ways: (readonly Goal[])[] = [];
  for (const term of candidates(part, state)) {
    const goal = goalFor(part, term, state);
    if (!goal) continue;
    const left = part.times - term.times;
    const isWhole = left === 0 || isNegation(part, term, state);
    const next = {
      ...state,
      wanted: isWhole ? wanted : [{ ...part, times: left, like: term }, ...wanted],
      taken: [...state.taken, term],
    };
    ways.push([goal, () => assign(search, next)]);
  }
  if (takesAllNumbers(part, state)) ways.push([() => assign(search, { ...state, wanted, folded: part })]);
  return search.choose(ways) || missed(search, state);
}

function missed(search: Search, state: Assignment): false {
  const { pattern, root, scope } = state;
  return search.miss({ pattern, value: root, user: undefined, scope }, state);
}

function goalFor(part: Wanted, term: Term, state: Assignment): Goal | undefined {
  const { scope, pattern } = state;
  const { value, user } = term;
  const { of, like } = part;
  if (!value) return undefined;
  if (like) {
    const before = like.value;
    return (search) => (before !== undefined && congruent(before, value)) || missed(search, state);
  }
  if (pattern.kind === 'sum' && of.kind === 'product' && term.times === -part.times) {
    return (search) =>
      matchNary(search, of, behindAliases(value), scope, -1) ||
      search.miss({ pattern: of, value, user, scope });
  }
  return { pattern: of, value, user, scope };
}

/** Whether a term is the part with the other sign, as only a product can be matched. */
function isNegation(part: Wanted, term: Term, { pattern }: Assignment): boolean {
  return pattern.kind === 'sum' && part.of.kind === 'product' && term.times === -part.times;
}

function candidates(part: Wanted, state: Assignment): readonly Term[] {
  const { tree, taken, pattern, wanted } = state;
  const isLast = wanted.length === 1 && pattern.rest === undefined;
  const open = isLast ? tree.leaves.filter((leaf) => leaf.number === undefined && isFree(leaf, taken)) : [];
  const others: Term[] = [];
  const numbers: Term[] = [];
  for (const term of tree.terms) {
    if (!term.value || !fitsTimes(part, term, state)) continue;
    if (part.like && term.first <= part.like.first) continue;
    if (term.number !== undefined && takesAllNumbers(part, state)) continue;
    if (!isFree(term, taken) || !isPlausible(part.of, term.value)) continue;
    // What the last part does not cover would be left over.
    if (part.times === term.times && !open.every((leaf) => isWithin(leaf, term))) continue;
    (term.number === undefined ? others : numbers).push(term);
  }
  return numbers.length === 0 ? others : [...others, ...numbers];
}

function isWithin(inner: Term, outer: Term): boolean {
  return inner.first >= outer.first && inner.end <= outer.end;
}

function fitsTimes(part: Wanted, term: Term, state: Assignment): boolean {
  if (part.times === term.times || isNegation(part, term, state)) return true;
  const isWhole = Number.isInteger(part.times) && Number.isInteger(term.times);
  return isWhole && part.times * term.times > 0 && Math.abs(term.times) < Math.abs(part.times);
}

/** Whether no part has taken a term, or one that it lies in, or one inside it. */
export function isFree(term: Term, taken: readonly Term[]): boolean {
  return taken.every((t) => term.end <= t.first || term.first >= t.end);
}

/** Whether a part is the one constant of the pattern, and so stands for all numbers together. */
function takesAllNumbers(part: NaryPart, { pattern }: Assignment): boolean {
  if (part.of.kind !== 'constant' || pattern.literal !== (pattern.kind === 'sum' ? 0 : 1)) return false;
  return pattern.parts.every((p) => p === part || p.of === part.of || p.of.kind !== 'constant');
}

/** Whether what is left over may be, and the numbers come to what the pattern says. */
function finish(search: Search, state: Assignment): boolean {
  const { pattern, tree, taken, root, folded, scope, sign } = state;
  const left = tree.leaves.filter((leaf) => isFree(leaf, taken));
  const isNeutral = pattern.literal === (pattern.kind === 'sum' ? 0 : 1);
  const intoRest = pattern.rest !== undefined && isNeutral && !folded && sign === 1;
  const numbers = intoRest ? [] : left.filter((leaf) => leaf.number !== undefined);
  const rest = left.filter((leaf) => !numbers.includes(leaf));
  if (folded) {
    if (numbers.length === 0 || !captureFolded(search, folded, numbers, state)) return false;
  } else if (!isCoefficient(numbers, pattern, tree.dtype, sign)) return false;
  if (pattern.rest === undefined && rest.length > 0) return false;
  if (pattern.rest !== undefined) {
    const values = rest.filter((leaf) => leaf.times === 1).map((leaf) => leaf.value);
    const given = values.filter((value) => value !== undefined);
    if (given.length !== rest.length || !search.capture(pattern.rest, given, scope)) return false;
  }
  if (root.producer) search.bindings.addNode(root.producer);
  for (const term of tree.terms) {
    if (!taken.some((t) => isWithin(term, t))) for (const node of term.nodes) search.bindings.addNode(node);
  }
  return true;
}

/** Captures the number that several come to, or the one constant that there is. */
function captureFolded(search: Search, part: NaryPart, numbers: readonly Term[], state: Assignment): boolean {
  if (part.of.kind !== 'constant') return false;
  const [only] = numbers;
  const isDirect = numbers.length === 1 && only?.times === part.times && state.sign === 1;
  const constant = isDirect
    ? only.value && ConstRef.of(only.value)
    : foldedConstant(numbers, part.times, state.pattern.kind, state.tree.dtype, state.sign);
  if (!constant || !isAsAsked(search, constant, part.of.test)) return false;
  return part.of.name === undefined || search.capture(part.of.name, constant, state.scope);
}
