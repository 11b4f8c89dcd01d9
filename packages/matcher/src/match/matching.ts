import { type Graph, type Node, Value } from '@refold/ir';
import { congruent, sameConstant } from '../canonical/congruent.ts';
import { ConstRef } from '../canonical/const-ref.ts';
import { isLiteral } from '../canonical/literal.ts';
import { meansItsName, schemaAt } from '../canonical/meaning.ts';
import { paramsOf, testParam } from '../canonical/params.ts';
import { mayWiden } from '../canonical/widening.ts';
import type { Captured, ListPattern, OpPattern, PatternData, ThroughPattern } from '../pattern/pattern.ts';
import type { ConstTest } from '../pattern/value-tests.ts';
import { Bindings, type Mark } from './bindings.ts';
import { hasDims, isOfClass, passes } from './value-test.ts';

/** Something that remains to be shown. */
type Goal =
  | {
      readonly kind: 'match';
      readonly pattern: PatternData;
      readonly value: Value | undefined;
      readonly user: Node | undefined;
    }
  | { readonly kind: 'capture'; readonly name: string; readonly captured: Captured }
  | { readonly kind: 'producer'; readonly name: string; readonly value: Value }
  | { readonly kind: 'skip'; readonly nodes: readonly Node[]; readonly capture: string | undefined }
  | {
      readonly kind: 'assign';
      readonly node: Node;
      readonly patterns: readonly PatternData[];
      readonly operands: readonly Value[];
    };

/** Goals in order, as a list that alternatives share the rest of. */
type Goals = { readonly goal: Goal; readonly rest: Goals } | undefined;

/** A place where another way remains to be tried. */
interface Choice {
  readonly alternatives: readonly Goals[];
  next: number;
  readonly mark: Mark;
}

/** Why a search ended: `fuel` means that it was given up. */
export type SearchEnd = 'found' | 'exhausted' | 'fuel';

/**
 * The search for all ways in which a pattern matches at one value. Goals and choice points are kept in lists
 * of their own, so neither the depth of the pattern nor that of the graph costs stack.
 */
export class Matching {
  readonly bindings: Bindings = new Bindings();
  private readonly graph: Graph;
  private readonly shared: ReadonlySet<PatternData>;
  private readonly choices: Choice[] = [];
  private goals: Goals;
  private started = false;
  private fuel: number;

  /** `shared`: parts of the pattern that stand at several places; `fuel`: the most steps to take. */
  constructor(
    pattern: PatternData,
    shared: ReadonlySet<PatternData>,
    root: Value,
    graph: Graph,
    fuel: number,
  ) {
    this.graph = graph;
    this.shared = shared;
    this.fuel = fuel;
    this.goals = { goal: { kind: 'match', pattern, value: root, user: undefined }, rest: undefined };
  }

  /** Goes on to the next solution, which `bindings` then holds. */
  next(): SearchEnd {
    if (this.started && !this.backtrack()) return 'exhausted';
    this.started = true;
    while (this.goals) {
      if (this.fuel <= 0) return 'fuel';
      this.fuel -= 1;
      const { goal, rest } = this.goals;
      this.goals = rest;
      if (!this.step(goal) && !this.backtrack()) return 'exhausted';
    }
    return 'found';
  }

  private backtrack(): boolean {
    const choice = this.choices.at(-1);
    if (!choice) return false;
    this.bindings.undo(choice.mark);
    this.goals = choice.alternatives[choice.next];
    choice.next += 1;
    if (choice.next >= choice.alternatives.length) this.choices.pop();
    return true;
  }

  /** Takes the first of several ways, and notes the others. */
  private choose(alternatives: readonly Goals[]): boolean {
    if (alternatives.length === 0) return false;
    this.goals = alternatives[0];
    if (alternatives.length > 1) this.choices.push({ alternatives, next: 1, mark: this.bindings.mark() });
    return true;
  }

  private step(goal: Goal): boolean {
    switch (goal.kind) {
      case 'match':
        return this.match(goal.pattern, goal.value, goal.user);
      case 'capture':
        return this.capture(goal.name, goal.captured);
      case 'producer':
        return goal.value.producer !== undefined && this.capture(goal.name, goal.value.producer);
      case 'skip':
        for (const node of goal.nodes) this.bindings.addNode(node);
        return goal.capture === undefined || this.capture(goal.capture, goal.nodes);
      case 'assign':
        return this.assign(goal.node, goal.patterns, goal.operands);
    }
  }

  private match(pattern: PatternData, value: Value | undefined, user: Node | undefined): boolean {
    if (pattern.kind === 'absent') return value === undefined;
    if (pattern.kind === 'choice') return this.matchChoice(pattern, value, user);
    if (!value) return false;
    if (this.shared.has(pattern)) {
      const before = this.bindings.sharedValue(pattern);
      if (before) return congruent(before, value);
      this.bindings.setShared(pattern, value);
    }
    switch (pattern.kind) {
      case 'any':
        return true;
      case 'value':
        return passes(value, pattern.test, this.bindings) && this.capture(pattern.name, value);
      case 'constant':
        return this.matchConstant(pattern.name, pattern.test, value, user);
      case 'named':
        this.prepend([
          { kind: 'match', pattern: pattern.of, value, user },
          { kind: 'producer', name: pattern.name, value },
        ]);
        return true;
      case 'through':
        return this.matchThrough(pattern, value, user);
      case 'op':
        return this.matchOp(pattern, value);
      case 'list':
        // A list stands among the inputs of a node only, and is taken apart there.
        return false;
      default:
        return false;
    }
  }

  private prepend(goals: readonly Goal[]): void {
    this.goals = prepended(goals, this.goals);
  }

  private matchChoice(
    pattern: Extract<PatternData, { kind: 'choice' }>,
    value: Value | undefined,
    user: Node | undefined,
  ): boolean {
    const rest = this.goals;
    return this.choose(
      pattern.alternatives.map(({ label, of }) =>
        prepended(
          [
            { kind: 'match', pattern: of, value, user },
            { kind: 'capture', name: pattern.tag, captured: label },
          ],
          rest,
        ),
      ),
    );
  }

  private matchConstant(
    name: string | undefined,
    test: ConstTest,
    value: Value,
    user: Node | undefined,
  ): boolean {
    const constant = ConstRef.of(value);
    if (!constant) return false;
    if (test.dtype !== undefined && !isOfClass(constant.dtype, test.dtype)) return false;
    if (test.dims !== undefined && !hasDims(constant.dims, test.dims, this.bindings)) return false;
    if (test.value !== undefined && !isLiteral(constant, test.value, test.tol ?? 'exact')) return false;
    if (test.splat !== undefined && (constant.splat !== undefined) !== test.splat) return false;
    const asNumber = typeof test.value === 'number' || test.splat === true;
    if (asNumber && user && mayWiden(value, user)) return false;
    return name === undefined || this.capture(name, constant);
  }

  private matchThrough(pattern: ThroughPattern, value: Value, user: Node | undefined): boolean {
    const chain: Node[] = [];
    const values: Value[] = [value];
    let at = value;
    while (chain.length < pattern.max) {
      const node = at.producer;
      const operand = node?.inputs[0];
      if (!node || !operand || at.index !== 0 || node.graph !== this.graph || node.domain !== '') break;
      if (!pattern.ops.includes(node.opType) || !meansItsName(node)) break;
      chain.push(node);
      values.push(operand);
      at = operand;
    }
    const rest = this.goals;
    const ways = values.map((end, count) =>
      prepended(
        [
          { kind: 'skip', nodes: chain.slice(0, count), capture: pattern.capture },
          { kind: 'match', pattern: pattern.of, value: end, user: chain[count - 1] ?? user },
        ],
        rest,
      ),
    );
    return this.choose(ways.reverse());
  }

  private matchOp(pattern: OpPattern, value: Value): boolean {
    const node = value.producer;
    if (!node || node.graph !== this.graph || value.index !== pattern.output) return false;
    if (node.domain !== pattern.domain || !pattern.ops.includes(node.opType)) return false;
    if (!meansItsName(node) || !isInRange(node, pattern.since)) return false;
    if (!passes(value, pattern.test, this.bindings)) return false;
    if (!this.testParams(pattern, node)) return false;
    this.bindings.addNode(node);
    return this.matchInputs(pattern, node);
  }

  private testParams(pattern: OpPattern, node: Node): boolean {
    if (pattern.params.size === 0) return true;
    const view = paramsOf(node);
    if (!view) return false;
    for (const [name, test] of pattern.params) {
      const answer = testParam(node, view, name, test);
      if (!answer.holds) return false;
      if (answer.capture && !this.capture(answer.capture.name, answer.capture.value)) return false;
    }
    return true;
  }

  private matchInputs(pattern: OpPattern, node: Node): boolean {
    const inputs = pattern.inputs;
    const operands = node.inputs;
    const last = inputs.at(-1);
    const fixed = last?.kind === 'list' ? inputs.length - 1 : inputs.length;
    if (last?.kind !== 'list' && !pattern.extraInputs && hasExtraInputs(node, fixed)) return false;
    if (pattern.commute) {
      const given = operands.filter((o) => o !== undefined);
      if (given.length < fixed || (last?.kind !== 'list' && given.length > fixed)) return false;
      return this.assign(node, bySelectivity(inputs), given);
    }
    const goals: Goal[] = [];
    for (let i = 0; i < fixed; i += 1) {
      const p = inputs[i];
      if (p) goals.push({ kind: 'match', pattern: p, value: operands[i], user: node });
    }
    this.prepend(goals);
    return last?.kind !== 'list' || this.matchList(last, operands.slice(fixed), node);
  }

  private matchList(pattern: ListPattern, operands: readonly (Value | undefined)[], node: Node): boolean {
    const values = operands.filter((o) => o !== undefined);
    if (values.length !== operands.length) return false;
    if (values.length < pattern.min || values.length > pattern.max) return false;
    const goals: Goal[] = values.map((value) => ({
      kind: 'match',
      pattern: pattern.each,
      value,
      user: node,
    }));
    goals.push({ kind: 'capture', name: pattern.name, captured: values });
    this.prepend(goals);
    return true;
  }

  /** The first pattern against each operand that is left; the other patterns against what then remains. */
  private assign(node: Node, patterns: readonly PatternData[], operands: readonly Value[]): boolean {
    const [first, ...others] = patterns;
    if (!first) return operands.length === 0;
    if (first.kind === 'list') return this.matchList(first, operands, node);
    const rest = this.goals;
    const ways: Goals[] = [];
    operands.forEach((value, i) => {
      // Equal operands in a row would only lead to the same matches again.
      if (operands.indexOf(value) !== i) return;
      const left = operands.toSpliced(i, 1);
      ways.push(
        prepended(
          [
            { kind: 'match', pattern: first, value, user: node },
            { kind: 'assign', node, patterns: others, operands: left },
          ],
          rest,
        ),
      );
    });
    return this.choose(ways);
  }

  /** Binds a capture; one that is bound already must hold the same. */
  private capture(name: string, captured: Captured): boolean {
    if (this.bindings.hasCapture(name)) return agree(this.bindings.capture(name), captured);
    this.bindings.setCapture(name, captured);
    return true;
  }
}

function prepended(goals: readonly Goal[], rest: Goals): Goals {
  let all = rest;
  for (let i = goals.length - 1; i >= 0; i -= 1) {
    const goal = goals[i];
    if (goal) all = { goal, rest: all };
  }
  return all;
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

/** Patterns that fail on most operands first, so that few ways are tried. */
function bySelectivity(patterns: readonly PatternData[]): readonly PatternData[] {
  return patterns.toSorted((a, b) => selectivity[a.kind] - selectivity[b.kind]);
}

/** Whether two captures of one name hold the same. */
function agree(a: Captured, b: Captured): boolean {
  if (a === b) return true;
  if (a instanceof Value && b instanceof Value) return congruent(a, b);
  if (a instanceof ConstRef && b instanceof ConstRef) return sameConstant(a.tensor, b.tensor);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((x, i) => agree(x, b[i]));
  }
  return false;
}
