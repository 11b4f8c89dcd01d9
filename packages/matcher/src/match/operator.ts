import type { Node, Value } from '@refold/ir';
import { meansItsName, schemaAt } from '../canonical/meaning.ts';
import { paramsOf, testParam } from '../canonical/params.ts';
import type { ListPattern, OpPattern, PatternData } from '../pattern/pattern.ts';
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
    return assign(search, { node, scope, patterns: bySelectivity(inputs), operands: given });
  }
  const goals: Goal[] = [];
  for (let i = 0; i < fixed; i += 1) {
    const p = inputs[i];
    if (p) goals.push({ pattern: p, value: operands[i], user: node, scope });
  }
  search.prepend(goals);
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

/** Operands in any order that have still to find their patterns. */
interface Assignment {
  readonly node: Node;
  readonly scope: Scope | undefined;
  readonly patterns: readonly PatternData[];
  readonly operands: readonly Value[];
}

/** The first pattern against each operand that is left; the other patterns against what then remains. */
function assign(search: Search, { node, scope, patterns, operands }: Assignment): boolean {
  const [first, ...others] = patterns;
  if (!first) return operands.length === 0;
  if (first.kind === 'list') return matchList(search, first, operands, node, scope);
  const ways: (readonly Goal[])[] = [];
  operands.forEach((value, i) => {
    // Equal operands in a row would only lead to the same matches again.
    if (operands.indexOf(value) !== i) return;
    const left = { node, scope, patterns: others, operands: operands.toSpliced(i, 1) };
    ways.push([{ pattern: first, value, user: node, scope }, () => assign(search, left)]);
  });
  return search.choose(ways);
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
