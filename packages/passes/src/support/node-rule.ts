import type { Node, Value } from '@refold/ir';
import {
  type Builder,
  type Emission,
  type Exactness,
  op,
  type Phase,
  type Query,
  type Rule,
  rule,
} from '@refold/matcher';

/** A rule about one node whose conditions are easier said in code than as a pattern. */
export interface NodeRuleSpec {
  readonly name: string;
  /** The equation, as people would write it. */
  readonly doc: string;
  /** Operators of the standard domain at which it starts. */
  readonly ops: string | readonly string[];
  readonly exactness: Exactness;
  /** `normalize` when absent. */
  readonly phase?: Phase;
  /** Operators that it may make, with the opset version that introduced what it uses. */
  readonly emits?: readonly Emission[];
  /**
   * Operators of which at least one must make an operand; any when absent. A quick test that keeps the rule
   * from being tried where it cannot apply.
   */
  readonly over?: readonly string[];
  /** Another quick test of the node; the rule does not apply where it says no. */
  at?(node: Node): boolean;
  /** May leave as many nodes as before; names the measure that falls instead. */
  readonly decreases?: string;
  /**
   * The value that replaces the first output; undefined where the rule has nothing to say. A reason worth
   * reporting is given with `b.refuse(code, about)`.
   */
  rewrite(node: Node, b: Builder, q: Query): Value | undefined;
}

/** Makes a rule of it. All safety checks of the matcher's driver hold as for any other rule. */
export function nodeRule(spec: NodeRuleSpec): Rule {
  const { over, at } = spec;
  return rule({
    name: spec.name,
    doc: spec.doc,
    match: op(spec.ops, [], { extraInputs: 'allow' }),
    build: (m, b, q) => spec.rewrite(m.$node, b, q),
    ...(over || at ? { at: (node: Node) => (!over || isOver(node, over)) && at?.(node) !== false } : {}),
    emits: spec.emits ?? [],
    exactness: spec.exactness,
    phase: spec.phase ?? 'normalize',
    ...(spec.decreases === undefined ? {} : { decreases: spec.decreases }),
  });
}

function isOver(node: Node, ops: readonly string[]): boolean {
  for (const value of node.inputs) {
    const producer = value?.producer;
    if (producer && ops.includes(producer.opType)) return true;
  }
  return false;
}
