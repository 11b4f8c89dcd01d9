import type { Node, Value } from '@refold/ir';
import { meansItsName } from '../canonical/meaning.ts';
import type { ThroughPattern } from '../pattern/pattern.ts';
import type { Goal, Scope, Search } from './search.ts';

export function matchThrough(
  search: Search,
  pattern: ThroughPattern,
  value: Value,
  user: Node | undefined,
  scope: Scope | undefined,
): boolean {
  const chain: Node[] = [];
  const values: Value[] = [value];
  let at = value;
  while (chain.length < pattern.max) {
    const node = at.producer;
    const operand = node?.inputs[0];
    if (!node || !operand || at.index !== 0 || node.graph !== search.graph || node.domain !== '') break;
    if (!pattern.ops.includes(node.opType) || !meansItsName(node)) break;
    chain.push(node);
    values.push(operand);
    at = operand;
  }
  const ways = values.map((end, count): readonly Goal[] => [
    ({ bindings }) => {
      const skipped = chain.slice(0, count);
      for (const node of skipped) bindings.addNode(node);
      return pattern.capture === undefined || search.capture(pattern.capture, skipped, scope);
    },
    { pattern: pattern.of, value: end, user: chain[count - 1] ?? user, scope },
  ]);
  return search.choose(ways.reverse());
}
