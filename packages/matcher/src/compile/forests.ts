import type { Graph } from '@refold/ir';
import { type Anchored, atRarest, atRoots, type Histogram } from './anchor.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { Kinds } from './kinds.ts';
import { mergedForest } from './merge.ts';
import type { Forest } from './predicate-tree.ts';

/** How many ways to choose anchors are kept. */
const MAX_KEPT = 4;

/** The predicate trees of a set of rules, made when they are first asked for. */
export class Forests {
  readonly kinds: Kinds = new Kinds();
  private readonly rules: readonly CompiledRule[];
  private readonly kept = new Map<string, Forest>();
  private rooted: Forest | undefined;
  private general: Forest | undefined;

  /** `rules`: best first. */
  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
    for (const { skeletons } of rules) {
      for (const { places } of skeletons)
        for (const { ops } of places) for (const op of ops) this.kinds.add(op);
    }
  }

  /** Trees from the roots of patterns downwards. */
  get fromRoots(): Forest {
    this.rooted ??= mergedForest(atRoots(this.rules), this.kinds);
    return this.rooted;
  }

  /** Trees from the operator of each pattern that is rarest in a graph; that is rare in general, without one. */
  fromRarest(graph?: Graph): Forest {
    if (!graph) {
      this.general ??= mergedForest(
        atRarest(this.rules, () => 0),
        this.kinds,
      );
      return this.general;
    }
    const anchored = atRarest(this.rules, this.histogramOf(graph));
    const key = anchored.map(indexOfAnchor).join();
    const known = this.kept.get(key);
    if (known) return known;
    const forest = mergedForest(anchored, this.kinds);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(key, forest);
    return forest;
  }

  private histogramOf(graph: Graph): Histogram {
    const counts = new Int32Array(this.kinds.size);
    for (const node of graph.nodes()) {
      const kind = this.kinds.of(node);
      if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return (op) => counts[this.kinds.add(op)] ?? 0;
  }
}

function indexOfAnchor({ skeleton, anchor }: Anchored): number {
  return skeleton.places.indexOf(anchor);
}
