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

/** An operator has its tree made behind so many of its nodes: for fewer, it would spare less than it costs. */
const NODES_BEFORE_TREE = 32;

/** What is prepared of a set of rules once, for all graphs. */
export class CompiledSet {
  /** Best first. Elsewhere, a rule is its place among these. */
  readonly rules: readonly CompiledRule[];
  readonly forests: Forests;
  readonly reach: Reach;
  private readonly bare = new Map<number, readonly number[]>();
  /** How many nodes of each operator have been met, by its number. */
  private readonly met: number[] = [];

  private readonly nodesBeforeTree: number;

  constructor(rules: readonly CompiledRule[], nodesBeforeTree: number = NODES_BEFORE_TREE) {
    this.nodesBeforeTree = nodesBeforeTree;
    this.rules = rules.toSorted(precedence);
    this.forests = new Forests(this.rules);
    this.reach = new Reach(this.rules);
  }

  /** Notes that a node of an operator has been met. Whether the tree of its rules is worth its cost by now. */
  meet(kind: number): boolean {
    const count = (this.met[kind] ?? 0) + 1;
    this.met[kind] = count;
    return count > this.nodesBeforeTree;
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
    const sweep = this.sweepOf(node.graph);
    if (!sweep && this.anchors === 'rarest' && !this.set.meet(kind)) return super.rulesAt(node);
    const found = sweep ? this.sweptAt(node, sweep) : this.walkedFrom(node, kind);
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

  /** What a sweep has found, where one is worth while and the graph is still as it was. */
  private sweepOf(graph: Graph | undefined): Sweep | undefined {
    if (!graph || this.isChanged || this.anchors === 'root' || this.isSmall(graph)) return undefined;
    let sweep = this.swept.get(graph);
    if (!sweep) {
      sweep = this.sweep(graph);
      this.swept.set(graph, sweep);
    }
    return sweep;
  }

  /** Rules that a sweep has found at a node, in any order, some more than once. */
  private sweptAt(node: Node, { found, open }: Sweep): readonly number[] {
    const rules = found.get(node) ?? none;
    if (open.size === 0) return rules;
    const key = anchorKey(node.domain, node.opType);
    return [...rules, ...[...open].filter((rule) => this.set.rules[rule]?.anchors.has(key))];
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
