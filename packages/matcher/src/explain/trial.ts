import type { Graph, Node, Value } from '@refold/ir';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { Aligned } from '../match/bindings.ts';
import { anchorKey } from '../pattern/anatomy.ts';
import { type Attempted, attempt } from './attempt.ts';
import type { Outcome } from './explanation.ts';
import { Furthest, type Miss, searchFor } from './trace.ts';

/** How far a rule came, rooted at one node. */
export interface Trial {
  readonly node: Node;
  readonly graph: Graph;
  /** The output of the node at which it came furthest. */
  readonly root: Value;
  readonly outcome: Outcome;
  readonly aligned: readonly Aligned[];
  /** Where the pattern does not match. */
  readonly miss?: Miss;
  /** What guard, builder and checks said of the match. */
  readonly attempted?: Attempted;
}

/** Whether a rule can be rooted at a node. */
export function isAnchor(rule: CompiledRule, node: Node): boolean {
  return rule.anchors.has(anchorKey(node.domain, node.opType));
}

/** Tries a rule at a node as the driver would; undefined when it cannot be rooted there. */
export function tryAt(rule: CompiledRule, node: Node): Trial | undefined {
  const { graph } = node;
  if (!graph || !isAnchor(rule, node)) return undefined;
  let best: Trial | undefined;
  for (const root of node.outputs) {
    const trial = root && tryRoot(rule, node, graph, root);
    if (trial && (!best || isFurther(trial, best))) best = trial;
  }
  return best;
}

function tryRoot(rule: CompiledRule, node: Node, graph: Graph, root: Value): Trial {
  const place = { node, graph, root };
  const { spec } = rule.rule;
  if (spec.at && !spec.at(node)) return { ...place, outcome: 'structure', aligned: [] };
  const furthest = new Furthest();
  const search = searchFor(rule, root, furthest);
  let best: Trial | undefined;
  for (let end = search?.next(); search && end === 'found'; end = search.next()) {
    const { bindings } = search;
    const nodes = bindings.nodes();
    const solution = { rule, root, node, nodes, captures: bindings.captured, sizes: bindings.named };
    const attempted = attempt(solution);
    const trial = { ...place, outcome: attempted.outcome, aligned: bindings.aligned(), attempted };
    if (!best || isFurther(trial, best)) best = trial;
    if (best.outcome === 'matched') return best;
  }
  if (best) return best;
  const { miss } = furthest;
  const isOver = search !== undefined && search.steps >= search.fuel;
  return {
    ...place,
    outcome: isOver ? 'fuel' : 'structure',
    aligned: miss?.aligned ?? [],
    ...(miss ? { miss } : {}),
  };
}

const stages: Readonly<Record<Outcome, number>> = {
  'no-anchor': 0,
  fuel: 1,
  structure: 1,
  guard: 2,
  declined: 3,
  opset: 3,
  types: 3,
  safety: 3,
  matched: 4,
};

/** Whether one trial came further than another: by stage, then by parts in place, then by how near the miss is. */
function isFurther(a: Trial, b: Trial): boolean {
  return compareTrials(a, b) < 0;
}

/** Furthest first. */
export function compareTrials(a: Trial, b: Trial): number {
  return (
    stages[b.outcome] - stages[a.outcome] ||
    (b.miss?.depth ?? 0) - (a.miss?.depth ?? 0) ||
    (b.miss?.finding.nearness ?? 0) - (a.miss?.finding.nearness ?? 0)
  );
}
