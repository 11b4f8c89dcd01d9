import type { Graph, Node, Value } from '@refold/ir';
import { agree } from '../canonical/agree.ts';
import { isAlias } from '../canonical/alias.ts';
import { congruent } from '../canonical/congruent.ts';
import type { Captured, PatternData, RepeatPattern } from '../pattern/pattern.ts';
import { Bindings, type Mark } from './bindings.ts';
import { matchConstant } from './constant.ts';
import { matchPermuted, matchReshaped } from './movement.ts';
import { type Assignment, matchNary } from './nary.ts';
import { NaryTrees } from './nary-trees.ts';
import { matchOp } from './operator.ts';
import { goOn, matchRepeat } from './repeat.ts';
import { matchRoots } from './roots.ts';
import { matchThrough } from './through.ts';
import { passes } from './value-test.ts';

/** A pattern that remains to be matched at a value. */
export interface MatchGoal {
  readonly pattern: PatternData;
  readonly value: Value | undefined;
  /** The node that reads the value; undefined at a root. */
  readonly user: Node | undefined;
  readonly scope: Scope | undefined;
}

/** Something else that remains to be shown. */
export type Step = (search: Search) => boolean;

export type Goal = MatchGoal | Step;

/** Goals in order, as a list that alternatives share the rest of. */
export type Goals = { readonly goal: Goal; readonly rest: Goals } | undefined;

/** The node of a chain whose body is matched; captures in it are its own. */
export interface Scope {
  readonly pattern: RepeatPattern;
  readonly count: number;
  readonly outer: Scope | undefined;
  /** Tells this node from others. */
  readonly key: string;
  /** How long the chain is, once its end has been found. */
  readonly chain: { length: number };
}

/** A place where another way remains to be tried. */
interface Choice {
  readonly alternatives: readonly Goals[];
  next: number;
  readonly mark: Mark;
}

/**
 * Told of each pattern that does not match where the search has come to, before anything is taken back; for
 * explanations. `detail` is how far a sum or product had come.
 */
export type OnMiss = (goal: MatchGoal, search: Search, detail?: Assignment) => void;

export interface SearchOptions {
  /** Parts of the pattern that stand at several places. */
  readonly shared: ReadonlySet<PatternData>;
  /** The most steps to take. */
  readonly fuel: number;
  readonly onMiss?: OnMiss;
  /** Sums and products that other searches have read in the same graph. */
  readonly trees?: NaryTrees;
}

/** Why a search ended: `fuel` means that it was given up. */
export type SearchEnd = 'found' | 'exhausted' | 'fuel';

/**
 * The search for all ways in which a pattern matches at one value, in a fixed order. Goals and choice points are
 * kept in lists of their own, so neither the depth of the pattern nor that of the graph costs stack.
 */
export class Search {
  readonly bindings: Bindings = new Bindings();
  readonly graph: Graph;
  /** Steps taken so far. */
  steps = 0;
  private ownTrees: NaryTrees | undefined;
  /** Parts of the pattern that stand at several places. */
  readonly shared: ReadonlySet<PatternData>;
  private readonly choices: Choice[] = [];
  private readonly onMiss: OnMiss | undefined;
  /** The most steps to take. */
  readonly fuel: number;
  private goals: Goals;
  private started = false;

  constructor(pattern: PatternData, root: Value, graph: Graph, options: SearchOptions) {
    this.shared = options.shared;
    this.graph = graph;
    this.fuel = options.fuel;
    this.onMiss = options.onMiss;
    this.ownTrees = options.trees;
    this.goals = { goal: { pattern, value: root, user: undefined, scope: undefined }, rest: undefined };
  }

  /** Sums and products that have been read in the graph. */
  get trees(): NaryTrees {
    this.ownTrees ??= new NaryTrees();
    return this.ownTrees;
  }

  /** Whether somebody wants to know how far each way leads, so that none may be left out at a glance. */
  get isTraced(): boolean {
    return this.onMiss !== undefined;
  }

  /** Goes on to the next solution, which `bindings` then holds. */
  next(): SearchEnd {
    if (this.started && !this.backtrack()) return 'exhausted';
    this.started = true;
    while (this.goals) {
      if (this.steps >= this.fuel) return 'fuel';
      this.steps += 1;
      const { goal, rest } = this.goals;
      this.goals = rest;
      const holds = typeof goal === 'function' ? goal(this) : this.matchGoal(goal);
      if (!holds && !this.backtrack()) return 'exhausted';
    }
    return 'found';
  }

  /** Adds a pattern to be matched before all other goals. */
  expect(pattern: PatternData, value: Value | undefined, user: Node, scope: Scope | undefined): void {
    this.goals = { goal: { pattern, value, user, scope }, rest: this.goals };
  }

  /** Adds goals before all others. */
  prepend(goals: readonly Goal[]): void {
    this.goals = prepended(goals, this.goals);
  }

  /** Takes the first of several ways to go on, and notes the others. */
  choose(ways: readonly (readonly Goal[])[]): boolean {
    const [first] = ways;
    if (!first) return false;
    const rest = this.goals;
    if (ways.length > 1) {
      const alternatives = ways.map((way) => prepended(way, rest));
      this.choices.push({ alternatives, next: 1, mark: this.bindings.mark() });
    }
    this.goals = prepended(first, rest);
    return true;
  }

  /** Binds a capture; one that is bound already must hold the same. */
  capture(name: string, captured: Captured, scope: Scope | undefined): boolean {
    const key = keyIn(name, scope);
    if (this.bindings.hasCapture(key)) return agree(this.bindings.capture(key), captured);
    this.bindings.setCapture(key, captured);
    return true;
  }

  /** The value at which a part that stands at several places has matched. */
  sharedValue(pattern: PatternData): Value | undefined {
    return this.bindings.sharedValue(pattern, '');
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

  /** Tells that a pattern which seemed to match does not after all; always false. */
  miss(goal: MatchGoal, detail?: Assignment): false {
    this.onMiss?.(goal, this, detail);
    return false;
  }

  private matchGoal(goal: MatchGoal): boolean {
    // Noted first, so that it stays when one of the ways to go on is taken back.
    if (this.onMiss && goal.value) this.bindings.align(goal.pattern, goal.value);
    return this.match(goal) || this.miss(goal);
  }

  private match(goal: MatchGoal): boolean {
    const { pattern, user, scope } = goal;
    if (pattern.kind === 'absent') return goal.value === undefined;
    if (pattern.kind === 'choice') {
      return this.choose(
        pattern.alternatives.map(({ label, of }) => [
          { ...goal, pattern: of },
          (search) => search.capture(pattern.tag, label, scope),
        ]),
      );
    }
    const value = goal.value && this.behindAliases(goal.value, goal);
    if (!value) return false;
    if (this.shared.size > 0 && this.shared.has(pattern)) {
      const before = this.bindings.sharedValue(pattern, scope?.key ?? '');
      if (before) return congruent(before, value);
      this.bindings.setShared(pattern, scope?.key ?? '', value);
    }
    switch (pattern.kind) {
      case 'any':
        return true;
      case 'value':
        return passes(value, pattern.test, this.bindings) && this.capture(pattern.name, value, scope);
      case 'constant':
        return matchConstant(this, pattern, value, user, scope);
      case 'named':
        this.prepend([
          { pattern: pattern.of, value, user, scope },
          (search) => value.producer !== undefined && search.capture(pattern.name, value.producer, scope),
        ]);
        return true;
      case 'op':
        return matchOp(this, pattern, value, scope);
      case 'through':
        return matchThrough(this, pattern, value, user, scope);
      case 'sum':
      case 'product':
        return matchNary(this, pattern, value, scope, 1);
      case 'repeat':
        return matchRepeat(this, { pattern, value, user, scope });
      case 'hole':
        return goOn(this, { pattern, value, user, scope });
      case 'permuted':
        return matchPermuted(this, pattern, value, user, scope);
      case 'reshaped':
        return matchReshaped(this, pattern, value, user, scope);
      case 'roots':
        return matchRoots(this, pattern, value);
      case 'list':
        // A list stands among the inputs of a node only, and is taken apart there.
        return false;
    }
  }

  /** Looks through nodes that hand on their operand, where the pattern asks for the node that makes it. */
  private behindAliases(value: Value, { pattern, user }: MatchGoal): Value | undefined {
    if (!user || !asksForProducer(pattern)) return value;
    let at = value;
    for (;;) {
      const node = at.producer;
      if (!node || node.graph !== this.graph || asksFor(pattern, node) || !isAlias(node, at)) return at;
      const [operand] = node.inputs;
      if (!operand) return at;
      this.bindings.addNode(node);
      at = operand;
    }
  }
}

/** What a capture is called in the bindings: in the body of a chain, each node has its own. */
export function keyIn(name: string, scope: Scope | undefined): string {
  for (let at = scope; at; at = at.outer) if (at.pattern.captures.includes(name)) return `${name}${at.key}`;
  return name;
}

/** Whether a pattern says which node makes its value. */
function asksForProducer(pattern: PatternData): boolean {
  if (pattern.kind === 'named') return asksForProducer(pattern.of);
  const { kind } = pattern;
  return kind === 'op' || kind === 'sum' || kind === 'product' || kind === 'permuted' || kind === 'reshaped';
}

function asksFor(pattern: PatternData, node: Node): boolean {
  if (pattern.kind === 'named') return asksFor(pattern.of, node);
  if (pattern.kind === 'op') return pattern.domain === node.domain && pattern.ops.includes(node.opType);
  return pattern.kind === 'sum' && node.opType === 'Sum';
}

function prepended(goals: readonly Goal[], rest: Goals): Goals {
  let all = rest;
  for (let i = goals.length - 1; i >= 0; i -= 1) {
    const goal = goals[i];
    if (goal) all = { goal, rest: all };
  }
  return all;
}
