import { type Graph, Model, Node, RefoldError, type Value } from '@refold/ir';
import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { AnchorGroup, Explanation, FailedPart } from './explanation.ts';
import { nearMiss } from './near-miss.ts';
import { patternText } from './pattern-text.ts';
import { placeOf } from './place.ts';
import { alignedParts } from './trace.ts';
import { compareTrials, isAnchor, type Trial, tryAt } from './trial.ts';

/** Nodes above one that is asked about, at which a rule that takes it in may be rooted. */
const MAX_ABOVE = 64;

/**
 * Why a rule matches, or does not: at a node, given itself or by its name or that of a result, or else wherever
 * in a graph and those nested in it (or in all graphs of a model) it comes furthest. A node inside of a match is
 * explained with the root above it at which the rule comes furthest. Types should have been inferred; nothing
 * is changed. Throws `usage/unknown-name` for a rule or a node that is not there.
 */
export function explain(
  rules: CompiledRules,
  target: Graph | Model,
  ruleName: string,
  at?: Node | string,
): Explanation {
  const rule = rules.compiled.find((r) => r.name === ruleName);
  if (!rule) throw new RefoldError('usage/unknown-name', `there is no rule ${ruleName}`);
  if (at === undefined) return explainAll(rule, target);
  const node = at instanceof Node ? at : nodeNamed(target, at);
  if (!node) throw new RefoldError('usage/unknown-name', `there is no node '${String(at)}'`);
  const trial = bestAround(rule, node);
  return trial ? explanationOf(rule, trial) : noAnchor(rule, node);
}

function graphsOf(target: Graph | Model): readonly Graph[] {
  if (target instanceof Model) return [...target.graphs()];
  const graphs = [target];
  for (const graph of graphs) for (const node of graph.nodes()) graphs.push(...node.graphs);
  return graphs;
}

/** The node of a name, or else the one whose result has it. */
function nodeNamed(target: Graph | Model, name: string): Node | undefined {
  let maker: Node | undefined;
  for (const graph of graphsOf(target)) {
    for (const node of graph.nodes()) {
      if (node.name === name) return node;
      if (node.outputs.some((o) => o?.name === name)) maker ??= node;
    }
  }
  return maker;
}

/** The furthest trial at a node, or at one above it that takes it in. */
function bestAround(rule: CompiledRule, node: Node): Trial | undefined {
  const own = tryAt(rule, node);
  if (own?.outcome === 'matched') return own;
  const trials = own ? [own] : [];
  const reach = Math.max(...rule.anatomy.depths.values(), 1);
  for (const above of nodesAbove(node, reach)) {
    const trial = tryAt(rule, above);
    if (trial && concerns(trial, node)) trials.push(trial);
  }
  return nearestOf(rule, trials.sort(compareTrials));
}

/** Of equally far trials no more are compared by what would mend them. */
const MAX_TIED = 16;

/** The first of trials in order; of those that came equally far, the one that differs in the fewest things. */
function nearestOf(rule: CompiledRule, trials: readonly Trial[]): Trial | undefined {
  const [first] = trials;
  if (!first) return undefined;
  const tied = trials.filter((t) => compareTrials(t, first) === 0).slice(0, MAX_TIED);
  if (tied.length === 1) return first;
  const mends = tied.map((t) => mendsOf(rule, t)?.length ?? Number.POSITIVE_INFINITY);
  return tied[mends.indexOf(Math.min(...mends))];
}

function mendsOf(rule: CompiledRule, { miss, root, graph }: Trial): readonly string[] | undefined {
  return miss && nearMiss(rule.rule.spec.match.data, root, graph, miss);
}

/** Nodes that read what a node makes, directly or not, nearest first. */
function nodesAbove(node: Node, reach: number): readonly Node[] {
  const all = new Set([node]);
  let level: readonly Node[] = [node];
  for (let i = 0; i < reach && level.length > 0; i += 1) {
    const next: Node[] = [];
    for (const value of level.flatMap((n) => n.outputs)) {
      for (const user of value?.users() ?? []) {
        if (all.size > MAX_ABOVE) return [...all].slice(1);
        if (user.graph !== node.graph || all.has(user)) continue;
        all.add(user);
        next.push(user);
      }
    }
    level = next;
  }
  return [...all].slice(1);
}

/** Whether a node is part of what a trial matched, or the place at which it failed. */
function concerns({ aligned, miss }: Trial, node: Node): boolean {
  const is = (value: Value | undefined): boolean => value?.producer === node;
  return aligned.some((a) => is(a.value)) || is(miss?.value) || is(miss?.finding.at);
}

/** Tries all nodes at which a rule can be rooted, and explains the best. */
function explainAll(rule: CompiledRule, target: Graph | Model): Explanation {
  const trials: Trial[] = [];
  for (const graph of graphsOf(target)) {
    for (const node of graph.nodes()) {
      const trial = isAnchor(rule, node) ? tryAt(rule, node) : undefined;
      if (trial) trials.push(trial);
    }
  }
  const best = nearestOf(rule, trials.sort(compareTrials));
  if (!best) return { ...noAnchor(rule), anchors: [] };
  return { ...explanationOf(rule, best), anchors: groupsOf(trials) };
}

/** How many nodes are named of those that fail for one reason. */
const MAX_NAMED = 2;

/** Trials by what failed in them, in their order. */
function groupsOf(trials: readonly Trial[]): readonly AnchorGroup[] {
  const groups = new Map<string, { readonly first: Trial; readonly nodes: string[]; count: number }>();
  for (const trial of trials) {
    const failed = failedPart(trial);
    const key = [trial.outcome, failed?.reason, failed?.pattern, failed?.expected].join('\n');
    const group = groups.get(key) ?? { first: trial, nodes: [], count: 0 };
    groups.set(key, group);
    group.count += 1;
    if (group.nodes.length < MAX_NAMED) group.nodes.push(trial.node.label);
  }
  return [...groups.values()].map(({ first, nodes, count }) => {
    const failed = failedPart(first);
    const why = failed ? { reason: failed.reason, expected: failed.expected } : {};
    return { outcome: first.outcome, ...why, count, nodes };
  });
}

function noAnchor(rule: CompiledRule, node?: Node): Explanation {
  const ops = [...rule.anchors].map((key) => key.replace(/^\0/, '').replace('\0', '.'));
  const failed: FailedPart = {
    reason: 'no-anchor',
    pattern: patternText(rule.rule.spec.match.data),
    expected: ops.join(' or '),
    found: node ? `${node.op} (node ${node.label}), and none above it` : 'no such node',
  };
  return { rule: rule.name, outcome: 'no-anchor', matched: [], failed, wouldMatchIf: [] };
}

function explanationOf(rule: CompiledRule, trial: Trial): Explanation {
  const failed = failedPart(trial);
  const near = trial.attempted?.wouldMatchIf ?? mendsOf(rule, trial)?.join(' and ');
  return {
    rule: rule.name,
    outcome: trial.outcome,
    root: trial.node.label,
    matched: alignedParts(trial.aligned),
    ...(failed ? { failed } : {}),
    wouldMatchIf: near === undefined ? [] : [near],
  };
}

/** What failed in a trial; undefined when nothing did. */
function failedPart({ miss, attempted, outcome, node }: Trial): FailedPart | undefined {
  if (attempted) return attempted.failed;
  if (outcome === 'fuel') {
    const found = 'too many ways to try';
    return { reason: 'fuel', at: node.label, expected: 'an end of the search', found };
  }
  if (!miss) {
    const expected = 'what the code of the rule asks of the root';
    return { reason: 'not-at', at: node.label, expected, found: `${node.op} (node ${node.label})` };
  }
  const { reason, expected, found, at } = miss.finding;
  const place = at ?? miss.value;
  return {
    reason,
    pattern: patternText(miss.pattern, 2),
    ...(place ? { at: placeOf(place) } : {}),
    expected,
    found,
  };
}
