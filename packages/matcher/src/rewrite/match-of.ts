import type { Solution } from '../compile/match-source.ts';
import type { Match } from './rule.ts';

/** A solution as guards and builders see it: captures by name, which the pattern's type has promised. */
export function matchOf(solution: Solution): Match<Readonly<Record<string, unknown>>> {
  return {
    ...Object.fromEntries(solution.captures),
    $root: solution.root,
    $node: solution.node,
    $nodes: solution.nodes,
  };
}
