import type { Node, Value } from '@refold/ir';
import { meansItsName, schemaAt } from '../canonical/meaning.ts';
import { paramsOf, testParam } from '../canonical/params.ts';
import type { ListPattern, OpPattern, PatternData } from '../pattern/pattern.ts';
import { mayStandAt } from './glance.ts';
import type { Goal, Scope, Search } from './search.ts';
import { passes } from './value-test.ts';

export function matchOp(search: Search, pattern: OpPattern, value: Value, scope: Scope | undefined): boolean {
  const node = value.producer;
  if (!node || node.graph !== search.graph || value.index !== pattern.output) return false;
  if (node.domain !== pattern.domain || !pattern.ops.includes(node.opType)) return false;
  if (!meansItsName(node) || !isInRange(node, pattern.since)) return false;
  if (!passes(value, pattern.test, search.bindings)) return false;
  if (!testParams(search, pattern, node, scope)) return false;
  search.bindings.addNode(node);
  return matchInputs(search, pattern, node, scope);
}

function testParams(search: Search, pattern: OpPattern, node: Node, scope: Scope | undefined): boolean {
  if (pattern.params.size === 0) return true;
  const view = paramsOf(node);
  if (!view) return false;
  for (const [name, test] of pattern.params) {
    const answer = testParam(node, view, name, test);
    if (!answer.holds) return false;
    if (answer.capture && !search.capture(answer.capture.name, answer.capture.value, scope)) return false;
  }
  return true;
}

function matchInputs(search: Search, pattern: OpPattern, node: Node, scope: Scope | undefined): boolean {
  const inputs = pattern.inputs;
  const operands = node.inputs;
  const last = inputs.at(-1);
  const fixed = last?.kind === 'list' ? inputs.length - 1 : inputs.length;
  if (last?.kind !== 'list' && !pattern.extraInputs && hasExtraInputs(node, fixed)) return false;
  if (pattern.commute) {
    const given = operands.filter((o) => o !== undefined);
    if (given.length < fixed || (last?.kind !== 'list' && given.length > fixed)) return false;
    const patterns = bySelectivity(inputs);
    const [p, q] = patterns;
    const [a, b] = given;
    const areTwo = p && q && a && b && patterns.length === 2 && given.length === 2;
    return areTwo && q.kind !== 'list'
      ? assignTwo(search, { p, q, a, b, node, scope })
      : assign(search, { node, scope, patterns, operands: given });
  }
  for (let i = fixed - 1; i >= 0; i -= 1) {
    const p = inputs[i];
    if (p) search.expect(p, operands[i], node, scope);
  }
  return last?.kind !== 'list' || matchList(search, last, operands.slice(fixed), node, scope);
}

function matchList(
  search: Search,
  pattern: ListPattern,
  operands: readonly (Value | undefined)[],
  user: Node,
  scope: Scope | undefined,
): boolean {
  const values = operands.filter((o) => o !== undefined);
  if (values.length !== operands.length) return false;
  if (values.length < pattern.min || values.length > pattern.max) return false;
  const goals: Goal[] = values.map((value) => ({ pattern: pattern.each, value, user, scope }));
  search.prepend([...goals, () => search.capture(pattern.name, values, scope)]);
  return true;
}

/** Two operands in any order. */
interface Two {
  readonly p: PatternData;
  readonly q: PatternData;
  readonly a: Value;
  readonly b: Value;
  readonly node: Node;
  readonly scope: Scope | undefined;
}

/** As {@link assign} does, for the case that occurs most. */
function assignTwo(search: Search, { p, q, a, b, node, scope }: Two): boolean {
  const straight = mayTry(search, p, a) && mayTry(search, q, b);
  const swapped = a !== b && mayTry(search, p, b) && mayTry(search, q, a);
  if (straight && swapped) {
    const way = (first: Value, second: Value): readonly Goal[] => [
      { pattern: p, value: first, user: node, scope },
      { pattern: q, value: second, user: node, scope },
    ];
    return search.choose([way(a, b), way(b, a)]);
  }
  if (!straight && !swapped) return false;
  search.expect(q, straight ? b : a, node, scope);
  search.expect(p, straight ? a : b, node, scope);
  return true;
}

/** Whether a pattern is to be tried at an operand, which a glance may spare. */
function mayTry(search: Search, pattern: PatternData, operand: Value): boolean {
  return search.isTraced || mayStandAt(pattern, operand, search.shared);
}

/** Operands in any order that have still to find their patterns. */
interface Assignment {
  readonly node: Node;
  readonly scope: Scope | undefined;
  readonly patterns: readonly PatternData[];
  readonly operands: readonly Value[];
}

/** The first pattern against each operand that is left and may be it; the other patterns against what then remains. */
function assign(search: Search, { node, scope, patterns, operands }: Assignment): boolean {
  const [first] = patterns;
  if (!first) return operands.length === 0;
  if (first.kind === 'list') return matchList(search, first, operands, node, scope);
  const others = patterns.slice(1);
  const ways: (readonly Goal[])[] = [];
  for (let i = 0; i < operands.length; i += 1) {
    const value = operands[i];
    // Equal operands in a row would only lead to the same matches again.
    if (!value || operands.indexOf(value) !== i) continue;
    if (!mayTry(search, first, value)) continue;
    const left = { node, scope, patterns: others, operands: operands.toSpliced(i, 1) };
    ways.push([{ pattern: first, value, user: node, scope }, goalOf(left)]);
  }
  return search.choose(ways);
}

function goalOf(left: Assignment): Goal {
  const { node, scope, patterns, operands } = left;
  const [pattern] = patterns;
  const isLast = pattern && patterns.length === 1 && operands.length === 1 && pattern.kind !== 'list';
  return isLast ? { pattern, value: operands[0], user: node, scope } : (search) => assign(search, left);
}

function isInRange(node: Node, range: OpPattern['since']): boolean {
  if (range.min === undefined && range.max === undefined) return true;
  const since = schemaAt(node)?.since;
  return since !== undefined && since >= (range.min ?? 0) && since <= (range.max ?? Number.POSITIVE_INFINITY);
}

/** Whether a node has operands beyond `count` that are not parameters whose meaning is known. */
function hasExtraInputs(node: Node, count: number): boolean {
  for (let i = count; i < node.inputs.length; i += 1) {
    if (node.inputs[i] === undefined) continue;
    const name = schemaAt(node)?.inputs[i]?.name;
    const view = name === undefined ? undefined : paramsOf(node);
    if (name === undefined || !view || !Object.hasOwn(view, name) || view[name] === undefined) return true;
  }
  return false;
}

const selectivity: Readonly<Record<PatternData['kind'], number>> = {
  op: 0,
  named: 0,
  through: 1,
  constant: 2,
  choice: 3,
  value: 4,
  absent: 4,
  any: 5,
  list: 6,
  sum: 1,
  product: 1,
  repeat: 1,
  permuted: 1,
  reshaped: 1,
  hole: 1,
  roots: 1,
};

/** What {@link bySelectivity} has put in order. */
const inOrder = new WeakMap<readonly PatternData[], readonly PatternData[]>();

/** Patterns that fail on most operands first, so that few ways are tried. */
function bySelectivity(patterns: readonly PatternData[]): readonly PatternData[] {
  const known = inOrder.get(patterns);
  if (known) return known;
  const sorted = patterns.toSorted((a, b) => selectivity[a.kind] - selectivity[b.kind]);
  inOrder.set(patterns, sorted);
  return sorted;
}
