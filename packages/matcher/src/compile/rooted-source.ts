import type { Node, Value } from '@refold/ir';
import { meansItsName } from '../canonical/meaning.ts';
import { Glance } from '../match/glance.ts';
import { Search } from '../match/search.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { type CompiledRule, precedence } from './compiled-rule.ts';
import type { MatchSource, OnFuel, Solution } from './match-source.ts';

/** Steps that a search may take at one root, beside those that the size of the pattern calls for. */
const FUEL = 4096;

/** How far the code of guards and builders is taken to look beyond what patterns say. */
const CODE_REACH = 2;

/** Searches rule by rule, from the operator at the root of each pattern. */
export class RootedSource implements MatchSource {
  /** By operator, how far below a root patterns ask for it. */
  private readonly depths = new Map<string, number>();
  private readonly byAnchor = new Map<string, CompiledRule[]>();

  constructor(rules: readonly CompiledRule[]) {
    for (const rule of rules.toSorted(precedence)) {
      for (const [key, depth] of rule.anatomy.depths) {
        this.depths.set(key, Math.max(depth, this.depths.get(key) ?? 0));
      }
      for (const anchor of rule.anchors) {
        const same = this.byAnchor.get(anchor);
        if (same) same.push(rule);
        else this.byAnchor.set(anchor, [rule]);
      }
    }
  }

  reachFrom(node: Node): number {
    return Math.max(CODE_REACH, this.depths.get(anchorKey(node.domain, node.opType)) ?? 0);
  }

  mayMatch(node: Node): boolean {
    return this.byAnchor.has(anchorKey(node.domain, node.opType));
  }

  *solutions(node: Node, onFuel: OnFuel, only?: CompiledRule): Generator<Solution> {
    const rules = this.byAnchor.get(anchorKey(node.domain, node.opType));
    if (!rules || !node.graph) return;
    const glance = new Glance(node.graph);
    for (const rule of rules) {
      if (only && rule !== only) continue;
      const { spec } = rule.rule;
      if (spec.at && !spec.at(node)) continue;
      if (rule.isBare) {
        const root = node.outputs[0];
        if (root && meansItsName(node)) yield bareSolution(rule, root, node);
        continue;
      }
      for (const root of node.outputs) {
        if (root && glance.mayMatch(spec.match.data, root)) yield* solutionsAt(rule, root, node, onFuel);
      }
    }
  }
}

/** The match of a pattern that is one operator with any operands. */
function bareSolution(rule: CompiledRule, root: Value, node: Node): Solution {
  return { rule, root, node, nodes: [node], captures: noCaptures, sizes: noSizes };
}

const noCaptures: Solution['captures'] = new Map();
const noSizes: Solution['sizes'] = new Map();

function* solutionsAt(rule: CompiledRule, root: Value, node: Node, onFuel: OnFuel): Generator<Solution> {
  const graph = node.graph;
  if (!graph) return;
  const { shared, opCount } = rule.anatomy;
  const search = new Search(rule.rule.spec.match.data, shared, root, graph, FUEL + 16 * opCount);
  for (;;) {
    const end = search.next();
    if (end === 'fuel') onFuel(rule, node);
    if (end !== 'found') return;
    const { bindings } = search;
    yield {
      rule,
      root,
      node,
      nodes: bindings.nodes(),
      captures: bindings.captured,
      sizes: bindings.named,
    };
  }
}
