import type { Node, Value } from '@refold/ir';
import type { ThroughPattern } from '../pattern/pattern.ts';
import type { Goal, Scope, Search } from './search.ts';
import { type Source, sourcesBehind } from './source.ts';

export function matchThrough(
  search: Search,
  pattern: ThroughPattern,
  value: Value,
  user: Node | undefined,
  scope: Scope | undefined,
): boolean {
  const isSkipped = (node: Node): boolean => pattern.ops.includes(node.opType);
  const ends: readonly Source[] = [
    { value, nodes: [] },
    ...sourcesBehind(search.graph, value, isSkipped, pattern.max),
  ];
  const ways = ends.map(({ value: end, nodes }): readonly Goal[] => [
    ({ bindings }) => {
      for (const node of nodes) bindings.addNode(node);
      return pattern.capture === undefined || search.capture(pattern.capture, nodes, scope);
    },
    { pattern: pattern.of, value: end, user: nodes.at(-1) ?? user, scope },
  ]);
  return search.choose(ways.reverse());
}
