import { type Graph, OpTable } from '@refold/ir';
import { anchorKey } from '../pattern/anatomy.ts';
import { type Anchored, atRarest, type Histogram, startsAtRoots, startsOf } from './anchor.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { Kinds } from './kinds.ts';
import { mergedForest } from './merge.ts';
import type { Forest } from './predicate-tree.ts';

/** How many ways to choose anchors are kept. */
const MAX_KEPT = 4;

/** The predicate trees of a set of rules, made when they are first asked for. */
export class Forests {
  readonly kinds: Kinds = new Kinds();
  /** Trees from the roots of patterns downwards. */
  readonly fromRoots: Forest;
  private readonly rules: readonly CompiledRule[];
  private readonly kept = new Map<string, Forest>();
  private general: Forest | undefined;

  /** `rules`: best first. */
  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    this.fromRoots = mergedForest(startsAtRoots(rules, this.kinds), this.kinds);
  }

  /** Trees from the operator of each pattern that is rarest in a graph; that is rare in general, without one. */
  fromRarest(graph?: Graph): Forest {
    if (!graph) {
      this.general ??= this.forestOf(atRarest(this.rules, () => 0));
      return this.general;
    }
    const anchored = atRarest(this.rules, histogramOf(graph));
    const key = anchored.map(indexOfAnchor).join();
    const known = this.kept.get(key);
    if (known) return known;
    const forest = this.forestOf(anchored);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, forest);
    return forest;
  }

  private forestOf(anchored: readonly Anchored[]): Forest {
    return mergedForest(startsOf(anchored, this.kinds), this.kinds);
  }
}

function indexOfAnchor({ skeleton, anchor }: Anchored): number {
  return skeleton.places.indexOf(anchor);
}

function histogramOf(graph: Graph): Histogram {
  const counts = new Map<string, number>();
  const kinds = new OpTable<{ count: number }>();
  for (let node = graph.firstNode; node; node = node.next) {
    const known = kinds.get(node.domain, node.opType);
    if (known) known.count += 1;
    else kinds.set(node.domain, node.opType, { count: 1 });
  }
  for (const [domain, opType, { count }] of kinds.entries()) counts.set(anchorKey(domain, opType), count);
  return (op) => counts.get(op) ?? 0;
}
