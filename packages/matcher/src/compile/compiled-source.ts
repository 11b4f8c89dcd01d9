import type { Graph, Node } from '@refold/ir';
import { anchorKey } from '../pattern/anatomy.ts';
import type { Histogram } from './anchor.ts';
import { type CompiledRule, precedence } from './compiled-rule.ts';
import { Forests } from './forests.ts';
import { RootedSource } from './rooted-source.ts';
import { isBareSkeleton } from './skeleton.ts';
import { Walker } from './walk.ts';

/** Graphs with fewer nodes than one for so many rules are not swept: to choose anchors would cost more than it saves. */
const RULES_PER_NODE = 8;

/** What is prepared of a set of rules once, for all graphs. */
export class CompiledSet {
  /** Best first. */
  readonly rules: readonly CompiledRule[];
  readonly forests: Forests;
  /** Rules that say no more than which operator stands at the root, by operator, best first. */
  readonly bare: ReadonlyMap<string, readonly CompiledRule[]>;
  readonly ranks: ReadonlyMap<CompiledRule, number>;

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules.toSorted(precedence);
    this.forests = new Forests(this.rules);
    this.ranks = new Map(this.rules.map((rule, i) => [rule, i]));
    const bare = new Map<string, CompiledRule[]>();
    for (const rule of this.rules) {
      const ops = new Set(rule.skeletons.filter(isBareSkeleton).flatMap((s) => s.places[0]?.ops ?? []));
      for (const op of ops) {
        const same = bare.get(op);
        if (same) same.push(rule);
        else bare.set(op, [rule]);
      }
    }
    this.bare = bare;
  }
}

const none: readonly CompiledRule[] = [];

/**
 * Searches only where predicate trees, in which all rules are merged, say that a rule may match. As long as a graph is
 * as it was, one sweep over its rarest operators tells this for all roots; once it has been changed, the trees
 * are walked from each root that is asked about.
 */
export class CompiledSource extends RootedSource {
  private readonly set: CompiledSet;
  private readonly anchors: 'rarest' | 'root';
  private readonly walker: Walker;
  private readonly swept = new Map<Graph, Sweep>();
  private isChanged = false;

  constructor(set: CompiledSet, anchors: 'rarest' | 'root' = 'rarest', fuel?: number) {
    super(set.rules, fuel);
    this.set = set;
    this.anchors = anchors;
    this.walker = new Walker(set.forests.kinds);
  }

  /** Predicate tests made so far. */
  get tests(): number {
    return this.walker.tests;
  }

  override changed(): void {
    this.isChanged = true;
    this.swept.clear();
    this.walker.forget();
  }

  override rulesAt(node: Node): readonly CompiledRule[] {
    const bare = this.set.bare.get(anchorKey(node.domain, node.opType)) ?? none;
    const found = this.foundAt(node);
    if (found.size === 0) return bare;
    for (const rule of bare) found.add(rule);
    const { ranks } = this.set;
    return [...found].sort((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
  }

  private foundAt(node: Node): Set<CompiledRule> {
    const graph = node.graph;
    if (!graph || this.isChanged || this.anchors === 'root' || this.isSmall(graph)) {
      return this.walkedFrom(node);
    }
    let sweep = this.swept.get(graph);
    if (!sweep) {
      sweep = this.sweep(graph);
      this.swept.set(graph, sweep);
    }
    const found = sweep.found.get(node) ?? new Set();
    for (const rule of sweep.open) if (rule.anchors.has(anchorKey(node.domain, node.opType))) found.add(rule);
    return found;
  }

  private isSmall(graph: Graph): boolean {
    return graph.nodeCount * RULES_PER_NODE < this.set.rules.length;
  }

  private walkedFrom(node: Node): Set<CompiledRule> {
    const found = new Set<CompiledRule>();
    const { kinds, fromRoots } = this.set.forests;
    const kind = kinds.of(node);
    const tree = kind === undefined ? undefined : fromRoots.trees.get(kind);
    if (!tree) return found;
    if (this.walker.walk(tree, node, (rule) => found.add(rule))) return found;
    return new Set(tree.rules);
  }

  private sweep(graph: Graph): Sweep {
    const { kinds } = this.set.forests;
    const { trees } = this.set.forests.fromRarest(histogramOf(graph));
    const found = new Map<Node, Set<CompiledRule>>();
    const open = new Set<CompiledRule>();
    const accept = (rule: CompiledRule, root: Node): void => {
      const rules = found.get(root);
      if (rules) rules.add(rule);
      else found.set(root, new Set([rule]));
    };
    for (const node of graph.nodes()) {
      const kind = kinds.of(node);
      const tree = kind === undefined ? undefined : trees.get(kind);
      if (tree && !this.walker.walk(tree, node, accept)) for (const rule of tree.rules) open.add(rule);
    }
    this.walker.forget();
    return { found, open };
  }
}

/** What a walk from every anchor of a graph has found. */
interface Sweep {
  /** Rules that may match, by root. */
  readonly found: ReadonlyMap<Node, Set<CompiledRule>>;
  /** Rules that may match anywhere, since a walk was given up. */
  readonly open: ReadonlySet<CompiledRule>;
}

function histogramOf(graph: Graph): Histogram {
  const counts = new Map<string, number>();
  for (const node of graph.nodes()) {
    const key = anchorKey(node.domain, node.opType);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
