import { type Node, RefoldError } from '@refold/ir';

/** What a rule cannot be derived from: says why, and at which node. */
export function underivable(reason: string, node?: Node): RefoldError {
  return new RefoldError(
    'usage/option',
    `no rule can be derived: ${reason}`,
    node ? { node: node.label, op: node.op } : {},
  );
}
