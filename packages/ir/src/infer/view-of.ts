import { ModelError } from '../errors.ts';
import type { Node } from '../graph/node.ts';
import { UnknownAttribute } from '../ops/context.ts';
import type { Operator, View } from '../ops/operator.ts';
import { operatorOf } from '../ops/table.ts';
import { staticContext } from './facts.ts';

/**
 * The parameters of a node by meaning, as far as they are known without running it. Undefined for
 * operators that refold does not know, calls of functions, parameters that refer to attributes of a call,
 * and parameters that are invalid.
 */
export function viewOf(node: Node): View | undefined {
  if (node.graph?.model.functionOf(node)) return undefined;
  const operator = operatorOf(node.domain, node.opType);
  return operator && viewAs(node, operator);
}

/** The same, typed, when the operator is known: `viewAs(node, transpose)?.perm`. */
export function viewAs<V extends View>(node: Node, operator: Operator<V>): V | undefined {
  try {
    return operator.view(staticContext(node));
  } catch (error) {
    if (error instanceof UnknownAttribute || error instanceof ModelError) return undefined;
    throw error;
  }
}
