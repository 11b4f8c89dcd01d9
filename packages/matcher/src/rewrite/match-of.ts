import type { Solution } from '../compile/match-source.ts';
import type { Match } from './rule.ts';

/** A solution as guards and builders see it: captures by name, which the pattern's type has promised. */
export function matchOf(solution: Solution): Match<Readonly<Record<string, unknown>>> {
  const { captures, root, node, nodes } = solution;
  const base = { $root: root, $node: node, $nodes: nodes };
  return captures.size === 0 ? base : { ...Object.fromEntries(captures), ...base };
}
