import { type Node, OpTable, type Value } from '@refold/ir';
import { meansItsName } from '../canonical/meaning.ts';
import { mayMatchAt } from '../match/glance.ts';
import { NaryTrees } from '../match/nary-trees.ts';
import { Search } from '../match/search.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { type CompiledRule, precedence } from './compiled-rule.ts';
import { addTo } from './grouped.ts';
import type { MatchSource, OnFuel, Solution } from './match-source.ts';
import { Reach } from './reach.ts';

/** Steps of a search at one root when nobody says. */
const FUEL = 4096;

/** The most steps that a search for a rule may take at one root: more for larger patterns. */
export function fuelOf(rule: CompiledRule, fuel: number = FUEL): number {
  return fuel + 16 * rule.anatomy.opCount;
}

const noRules: readonly CompiledRule[] = [];

/** Searches rule by rule, from the operator at the root of each pattern: the plain way, which finds everything. */
export class RootedSource implements MatchSource {
  readonly reach: Reach;
  private readonly byAnchor = new Map<string, CompiledRule[]>();
  /** The same by domain and name of the operator, so that a node is looked up without making a string. */
  private readonly known = new OpTable<readonly CompiledRule[]>();
  private readonly fuel: number;
  private readonly trees = new NaryTrees();

  /** `fuel`: steps that a search may take at one root, beside those that the size of the pattern calls for. */
  constructor(rules: readonly CompiledRule[], fuel: number = FUEL, reach: Reach = new Reach(rules)) {
    this.fuel = fuel;
    this.reach = reach;
    for (const rule of rules.toSorted(precedence)) {
      for (const anchor of rule.anchors) addTo(this.byAnchor, anchor, rule);
    }
  }

  private at(node: Node): readonly CompiledRule[] {
    const known = this.known.get(node.domain, node.opType);
    if (known) return known;
    const rules = this.byAnchor.get(anchorKey(node.domain, node.opType)) ?? noRules;
    this.known.set(node.domain, node.opType, rules);
    return rules;
  }

  mayMatch(node: Node): boolean {
    return this.at(node).length > 0;
  }

  /** Rules that may match with their root at a node, best first: all that match are among them. */
  rulesAt(node: Node): readonly CompiledRule[] {
    return this.at(node);
  }

  changed(): void {
    this.trees.forget();
  }

  offer(node: Node, take: (solution: Solution) => boolean, onFuel: OnFuel, only?: CompiledRule): boolean {
    for (const rule of this.rulesAt(node)) {
      if (only && rule !== only) continue;
      const { spec } = rule.rule;
      if (spec.at && !spec.at(node)) continue;
      if (rule.isBare) {
        const [root] = node.outputs;
        if (root && meansItsName(node) && take(bareSolution(rule, root, node))) return true;
        continue;
      }
      for (const root of node.outputs) {
        if (!root || !mayMatchAt(spec.match.data, root)) continue;
        if (this.search(rule, root, node, take, onFuel)) return true;
      }
    }
    return false;
  }

  private search(
    rule: CompiledRule,
    root: Value,
    node: Node,
    take: (solution: Solution) => boolean,
    onFuel: OnFuel,
  ): boolean {
    const { graph } = node;
    if (!graph) return false;
    const { shared } = rule.anatomy;
    const search = new Search(rule.rule.spec.match.data, root, graph, {
      shared,
      fuel: fuelOf(rule, this.fuel),
      trees: this.trees,
    });
    const { bindings } = search;
    for (;;) {
      const end = search.next();
      if (end === 'fuel') onFuel(rule, node);
      if (end !== 'found') return false;
      const nodes = bindings.nodes();
      const solution = { rule, root, node, nodes, captures: bindings.captured, sizes: bindings.named };
      if (take(solution)) return true;
    }
  }
}

/** The match of a pattern that is one operator with any operands. */
function bareSolution(rule: CompiledRule, root: Value, node: Node): Solution {
  return { rule, root, node, nodes: [node], captures: noCaptures, sizes: noSizes };
}

const noCaptures: Solution['captures'] = new Map();
const noSizes: Solution['sizes'] = new Map();
