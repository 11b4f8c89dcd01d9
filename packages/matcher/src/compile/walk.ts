import type { Node, Value, View } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { constantOf } from '../canonical/constant-of.ts';
import { paramsOf, testParam } from '../canonical/params.ts';
import { MAX_TERMS } from '../match/nary-tree.ts';
import { productOps, sumOps } from '../pattern/anatomy.ts';
import type { Kinds } from './kinds.ts';
import type { ParameterQuestion, PredicateTree, State, StepQuestion } from './predicate-tree.ts';
import type { Edge } from './skeleton.ts';

/** Tests that one walk may make, beside as many for each rule. */
const FUEL = 1024;
const FUEL_PER_RULE = 8;

/** Told of a rule whose tests all hold, and of the node at its root. */
export type OnAccept = (rule: number, root: Node) => void;

/**
 * Walks predicate trees. What still has to be looked at is kept in a list, so the depth of patterns and graphs
 * costs no stack. Walks ask about the graph as it is; parameters that were read are kept until `forget`.
 */
export class Walker {
  /** Predicate tests made so far. */
  tests = 0;
  private readonly kinds: Kinds;
  private readonly nodes: Node[] = [];
  /** The operand by which the node of a register hangs together with the one that it was reached from. */
  private readonly slots: number[] = [];
  private readonly reached: State['reached'][] = [];
  /** What has still to be looked at: states, and what their last register is to hold. */
  private readonly openStates: State[] = [];
  private readonly openNodes: Node[] = [];
  private readonly openSlots: number[] = [];
  private readonly values: Value[] = [];
  private readonly views = new Map<Node, View | undefined>();
  private left = 0;

  constructor(kinds: Kinds) {
    this.kinds = kinds;
  }

  forget(): void {
    this.views.clear();
  }

  /**
   * Walks a tree from an anchor. False when that was given up, since there is too much to look at: then any rule
   * of the tree may match.
   */
  walk(tree: PredicateTree, anchor: Node, accept: OnAccept): boolean {
    const { openStates, openNodes, openSlots, nodes } = this;
    openStates.length = openNodes.length = openSlots.length = 0;
    this.left = FUEL + FUEL_PER_RULE * tree.rules.length;
    this.open(tree.start, anchor, -1);
    while (openStates.length > 0) {
      const state = openStates.pop();
      const node = openNodes.pop();
      const slot = openSlots.pop() ?? -1;
      if (!state || !node) break;
      // Registers below this one still hold what they did when the state was opened.
      const last = state.registers - 1;
      nodes[last] = node;
      if (state.reached || last === 0) {
        this.slots[last] = slot;
        this.reached[last] = state.reached;
      }
      for (const { rule, root } of state.accepts) {
        const at = nodes[root];
        if (at) accept(rule, at);
      }
      for (const question of state.questions) {
        if (question.kind === 'step') this.step(question, state.registers);
        else if (question.kind === 'parameter' ? this.hasParameter(question) : this.hasConstant(question)) {
          this.open(question.next, node, slot);
        }
      }
      if (this.left < 0) return false;
    }
    return true;
  }

  private open(state: State, node: Node, slot: number): void {
    this.openStates.push(state);
    this.openNodes.push(node);
    this.openSlots.push(slot);
  }

  /** Counts a test. False when there were too many. */
  private spend(): boolean {
    this.tests += 1;
    return this.pass();
  }

  /** Counts a use or a node that is passed by. */
  private pass(): boolean {
    this.left -= 1;
    return this.left >= 0;
  }

  private hasParameter({ at, name, test }: ParameterQuestion): boolean {
    const node = this.nodes[at];
    if (!node || !this.spend()) return false;
    let view = this.views.get(node);
    if (!view && !this.views.has(node)) {
      view = paramsOf(node);
      this.views.set(node, view);
    }
    return view !== undefined && testParam(node, view, name, test).holds;
  }

  private hasConstant({ at, operand }: { readonly at: number; readonly operand: number | 'any' }): boolean {
    const inputs = this.nodes[at]?.inputs ?? [];
    if (!this.spend()) return false;
    if (operand !== 'any') return isConstant(inputs[operand]);
    for (const value of inputs) if (isConstant(value)) return true;
    return false;
  }

  private step(question: StepQuestion, registers: number): void {
    const from = this.nodes[question.from];
    if (!from) return;
    if (question.up) this.climb(from, question);
    else this.descend(from, question, registers);
  }

  private offer(node: Node, slot: number, { table }: StepQuestion): boolean {
    if (!this.spend()) return false;
    const kind = this.kinds.of(node);
    const states = kind === undefined ? undefined : table.get(kind);
    if (states) for (const state of states) this.open(state, node, slot);
    return true;
  }

  /** The nodes that read the result of a node in the way an edge says. */
  private climb(from: Node, question: StepQuestion): void {
    const { edge } = question;
    const { values } = this;
    values.length = 0;
    for (const output of from.outputs) {
      if (output && (edge.output ?? output.index) === output.index) values.push(output);
    }
    const brackets = bracketsOf(edge);
    for (let value = values.pop(); value; value = values.pop()) {
      for (const { node, index } of value.uses()) {
        if (!this.pass()) return;
        if (!node || node.graph !== from.graph) continue;
        if (typeof edge.via !== 'number' || index === edge.via) {
          if (!this.offer(node, index, question)) return;
        }
        const [result] = node.outputs;
        if (!result) continue;
        const isInside = brackets?.includes(node.opType) && result.useCount === 1;
        if (isInside || (index === 0 && handsOn(node, result, edge))) values.push(result);
      }
    }
  }

  /** The nodes that make what a node reads in the way an edge says. */
  private descend(from: Node, question: StepQuestion, registers: number): void {
    const { edge } = question;
    if (typeof edge.via === 'number') {
      this.sources(from.inputs[edge.via], edge.via, question);
      return;
    }
    if (edge.via === 'any') {
      for (let i = 0; i < from.inputs.length; i += 1) {
        if (!this.isTaken(question.from, i, registers)) this.sources(from.inputs[i], i, question);
      }
      return;
    }
    const brackets = bracketsOf(edge) ?? [];
    const terms: (Value | undefined)[] = from.inputs.toReversed();
    const depths: number[] = terms.map(() => 1);
    while (terms.length > 0) {
      const value = terms.pop();
      const depth = depths.pop() ?? MAX_TERMS;
      const end = value && this.sources(value, -1, question);
      const node = end?.producer;
      if (!end || !node || !brackets.includes(node.opType) || this.left < 0) continue;
      // Each bracket around another one is a term, so none lies deeper in what searches look into.
      if (end.useCount !== 1 || depth >= MAX_TERMS) continue;
      for (const operand of node.inputs) {
        terms.push(operand);
        depths.push(depth + 1);
      }
    }
  }

  /** Offers the node that makes a value, and those behind nodes that hand it on. Gives back the last value. */
  private sources(value: Value | undefined, slot: number, question: StepQuestion): Value | undefined {
    const { edge } = question;
    let at = value;
    for (let node = at?.producer; at && node; node = at?.producer) {
      if (edge.output === undefined || edge.output === at.index) {
        if (!this.offer(node, slot, question)) return at;
      }
      if (!this.pass() || !handsOn(node, at, edge)) return at;
      at = node.inputs[0];
    }
    return at;
  }

  /** Whether an operand of a node that takes operands in any order stands for another place already. */
  private isTaken(register: number, operand: number, registers: number): boolean {
    for (let i = 0; i < registers; i += 1) {
      const reached = this.reached[i];
      const isBelow = i > register && reached?.from === register && !reached.up;
      if ((isBelow || (i === register && reached?.up)) && this.slots[i] === operand) return true;
    }
    return false;
  }
}

function isConstant(value: Value | undefined): boolean {
  return value !== undefined && constantOf(value) !== undefined;
}

function bracketsOf({ via }: Edge): readonly string[] | undefined {
  return via === 'sum' ? sumOps : via === 'product' ? productOps : undefined;
}

/** Whether an edge goes on through a node to its first operand. */
function handsOn(node: Node, result: Value, { skip }: Edge): boolean {
  if (node.domain !== '') return false;
  return (skip.has(node.opType) && result.index === 0) || isAlias(node, result);
}
