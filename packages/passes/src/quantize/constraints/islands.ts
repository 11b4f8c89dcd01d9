import type { Node } from '@refold/ir';
import { Network, SINK, SOURCE } from './min-cut.ts';
import { operandsOf } from './operands.ts';
import { computesWithFloats, isConversion, reachedFrom, reversed, type ValueFlow } from './value-flow.ts';

/** A node without codes that would stand between codes, and the side of it that is left to floats for that. */
export interface Island {
  readonly node: Node;
  readonly side: 'before' | 'behind';
}

/** Nodes that may run on codes when floats must not stand between them. */
export interface Mainland {
  readonly onCodes: ReadonlySet<Node>;
  /** In the order of the nodes. */
  readonly islands: readonly Island[];
}

/**
 * Leaves so many nodes to floats that data go through floats, codes and floats again, in this order: all that is
 * before an island, or all behind it, stays on floats with it. Of all ways to do so, takes the one that leaves most
 * products of matrices and convolutions on codes, and then most nodes: a minimum cut, which does not depend on the
 * order of nodes.
 */
export function withoutIslands(flow: ValueFlow, able: ReadonlySet<Node>): Mainland {
  const { nodes, next } = flow;
  const back = reversed(next);
  const floats = nodes.map((node) => !able.has(node) && !isConversion(node) && computesWithFloats(node));
  const numbersOf = (test: (node: Node) => boolean): readonly number[] =>
    nodes.flatMap((node, i) => (test(node) ? [i] : []));
  const coded = numbersOf((node) => able.has(node));
  const [behind, before] = [reachedFrom(coded, next), reachedFrom(coded, back)];
  const enclosed = [...floats.keys()].filter((i) => floats[i] && behind[i] && before[i]);
  if (enclosed.length === 0) return { onCodes: able, islands: [] };

  const [above, below] = [reachedFrom(enclosed, back), reachedFrom(enclosed, next)];
  for (const v of enclosed) above[v] = 1;
  const isNear = (v: number): boolean => above[v] === 1 || below[v] === 1;
  // Two vertices for each: "not before the codes" and "behind the codes". With the source is what is true.
  const started = (v: number): number => 2 + 2 * v;
  const ended = (v: number): number => 3 + 2 * v;
  const network = new Network(2 + 2 * next.length);
  const implies = (a: number, b: number): void => network.connect(a, b, Number.POSITIVE_INFINITY);
  next.forEach((list, v) => {
    if (!isNear(v)) return;
    const node = nodes[v];
    implies(ended(v), started(v));
    if (node && able.has(node)) {
      const worth = operandsOf(node).weights ? nodes.length : 1;
      network.connect(SOURCE, started(v), worth);
      network.connect(ended(v), SINK, worth);
    } else if (floats[v]) implies(started(v), ended(v));
    for (const to of list) {
      if (!isNear(to)) continue;
      implies(started(v), started(to));
      implies(ended(v), ended(to));
    }
  });
  const isTrue = network.minimumCut();
  return {
    onCodes: new Set(
      coded.flatMap((v) =>
        nodes[v] && (!isNear(v) || (isTrue[started(v)] && !isTrue[ended(v)])) ? [nodes[v]] : [],
      ),
    ),
    islands: enclosed.flatMap((v) => {
      const node = nodes[v];
      return node ? [{ node, side: isTrue[ended(v)] ? ('behind' as const) : ('before' as const) }] : [];
    }),
  };
}
