import { ModelError, type Node, type Operator, outputOf, type Value, type View, viewAs } from '@refold/ir';
import type { Tape } from './tape.ts';

/** What a rule sees of a node. */
export interface Local {
  readonly tape: Tape;
  readonly node: Node;
  /** Derivative of the target by the first result of the node. */
  readonly dy: Value;
  readonly y: Value;
  /** Operand `index`. */
  readonly x: (index: number) => Value;
}

export function localOf(tape: Tape, node: Node, dy: Value): Local {
  const x = (index: number): Value => {
    const value = node.inputs[index];
    if (!value) throw new ModelError('model/invalid', `${node.op}: operand ${index} is missing`);
    return value;
  };
  return { tape, node, dy, y: outputOf(node), x };
}

/**
 * Derivative of the target by operand `index`, given the one by the result. It may be larger than the
 * operand where that was broadcast; the sum over the copies is taken afterwards.
 */
export type Partial = (local: Local, index: number) => Value;

/** One derivative for each operand, or one way for all of them. Operands without one cannot be differentiated by. */
export type Rule = readonly (Partial | undefined)[] | Partial;

/** The derivative by an operand, if the rule has one. */
export function partialOf(rule: Rule, index: number): Partial | undefined {
  return typeof rule === 'function' ? rule : rule[index];
}

/** The parameters of the node of a rule. */
export function viewIn<V extends View>({ node }: Local, operator: Operator<V>): V {
  const view = viewAs(node, operator);
  if (!view)
    throw new ModelError('model/unsupported', `Gradient: the parameters of ${node.op} are not known`);
  return view;
}
