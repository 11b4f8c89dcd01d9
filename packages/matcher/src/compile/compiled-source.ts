import type { Graph, Node } from '@refold/ir';
import { anchorKey } from '../pattern/anatomy.ts';
import { type CompiledRule, precedence } from './compiled-rule.ts';
import { Forests } from './forests.ts';
import { addTo } from './grouped.ts';
import { Reach } from './reach.ts';
import { RootedSource } from './rooted-source.ts';
import { isBareSkeleton, type Skeleton } from './skeleton.ts';
import { Walker } from './walk.ts';

/** Graphs with fewer nodes for each rule are not swept: to choose anchors would cost more than it saves. */
const NODES_PER_RULE = 16;

/** What is prepared of a set of rules once, for all graphs. */
export class CompiledSet {
  /** Best first. Elsewhere, a rule is its place among these. */
  readonly rules: readonly CompiledRule[];
  readonly forests: Forests;
  readonly reach: Reach;
  private readonly bare = new Map<number, readonly number[]>();

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules.toSorted(precedence);
    this.forests = new Forests(this.rules);
    this.reach = new Reach(this.rules);
  }

  /** Rules that say no more than that an operator stands at the root, in order, by the number of the operator. */
  bareAt(kind: number): readonly number[] {
    const known = this.bare.get(kind);
    if (known) return known;
    const op = this.forests.kinds.keyOf(kind) ?? '';
    const asksForNoMore = (skeleton: Skeleton): boolean =>
      isBareSkeleton(skeleton) && skeleton.places[0]?.ops.includes(op) === true;
    const bare = [...this.rules.keys()].filter((place) => {
      const rule = this.rules[place];
      return rule?.anchors.has(op) && rule.skeletons.some(asksForNoMore);
    });
    this.bare.set(kind, bare);
    return bare;
  }
}

const none: readonly number[] = [];

/** What a walk from every anchor of a graph has found. */
interface Sweep {
  /** Rules that may match, by root. */
  readonly found: ReadonlyMap<Node, readonly number[]>;
  /** Rules that may match anywhere, since a walk was given up. */
  readonly open: ReadonlySet<number>;
}

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
  /** The rules for nodes of one operator at which trees find nothing more. */
  private readonly plain = new Map<number, readonly CompiledRule[]>();
  private isChanged = false;

  constructor(set: CompiledSet, anchors: 'rarest' | 'root' = 'rarest', fuel?: number) {
    super(set.rules, fuel, set.reach);
    this.set = set;
    this.anchors = anchors;
    this.walker = new Walker(set.forests.kinds);
  }

  /** Predicate tests made so far. */
  get tests(): number {
    return this.walker.tests;
  }

  override changed(): void {
    super.changed();
    this.isChanged = true;
    this.swept.clear();
    this.walker.forget();
  }

  override rulesAt(node: Node): readonly CompiledRule[] {
    const kind = this.set.forests.kinds.of(node);
    if (kind === undefined) return [];
    const found = this.foundAt(node, kind);
    if (found.length > 0) return this.inOrder([...found, ...this.set.bareAt(kind)]);
    const known = this.plain.get(kind);
    if (known) return known;
    const rules = this.inOrder(this.set.bareAt(kind));
    this.plain.set(kind, rules);
    return rules;
  }

  private inOrder(places: readonly number[]): readonly CompiledRule[] {
    const sorted = Int32Array.from(places).sort();
    const rules: CompiledRule[] = [];
    sorted.forEach((place, i) => {
      const rule = this.set.rules[place];
      if (rule && (i === 0 || sorted[i - 1] !== place)) rules.push(rule);
    });
    return rules;
  }

  /** Rules that trees find at a node, in any order, some more than once. */
  private foundAt(node: Node, kind: number): readonly number[] {
    const graph = node.graph;
    if (!graph || this.isChanged || this.anchors === 'root' || this.isSmall(graph)) {
      return this.walkedFrom(node, kind);
    }
    let sweep = this.swept.get(graph);
    if (!sweep) {
      sweep = this.sweep(graph);
      this.swept.set(graph, sweep);
    }
    const found = sweep.found.get(node) ?? none;
    if (sweep.open.size === 0) return found;
    const key = anchorKey(node.domain, node.opType);
    return [...found, ...[...sweep.open].filter((rule) => this.set.rules[rule]?.anchors.has(key))];
  }

  private isSmall(graph: Graph): boolean {
    return graph.nodeCount < NODES_PER_RULE * this.set.rules.length;
  }

  private walkedFrom(node: Node, kind: number): readonly number[] {
    const tree = this.set.forests.fromRoots.tree(kind);
    if (!tree) return none;
    const found: number[] = [];
    return this.walker.walk(tree, node, (rule) => found.push(rule)) ? found : tree.rules;
  }

  private sweep(graph: Graph): Sweep {
    const { forests } = this.set;
    const forest = forests.fromRarest(graph);
    const found = new Map<Node, number[]>();
    const open = new Set<number>();
    const accept = (rule: number, root: Node): void => addTo(found, root, rule);
    for (const node of graph.nodes()) {
      const kind = forests.kinds.of(node);
      const tree = kind === undefined ? undefined : forest.tree(kind);
      if (tree && !this.walker.walk(tree, node, accept)) for (const rule of tree.rules) open.add(rule);
    }
    return { found, open };
  }
}
