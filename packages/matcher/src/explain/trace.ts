import type { Value } from '@refold/ir';
import { behindAliases } from '../canonical/alias.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import { fuelOf } from '../compile/rooted-source.ts';
import type { Aligned } from '../match/bindings.ts';
import type { Assignment } from '../match/nary.ts';
import { type MatchGoal, type OnMiss, Search } from '../match/search.ts';
import type { PatternData } from '../pattern/pattern.ts';
import { diagnose } from './diagnose.ts';
import type { AlignedPart } from './explanation.ts';
import type { Finding } from './finding.ts';
import { patternText } from './pattern-text.ts';
import { placeOf } from './place.ts';

/** Where a search came furthest before it failed. */
export interface Miss {
  readonly pattern: PatternData;
  readonly value: Value | undefined;
  /** How many parts with a node or a number of their own had found their places. */
  readonly depth: number;
  readonly finding: Finding;
  readonly aligned: readonly Aligned[];
}

/** Follows a search and keeps the furthest of all misses; of equally far ones the nearest, then the first. */
export class Furthest {
  miss: Miss | undefined;

  readonly onMiss: OnMiss = (goal: MatchGoal, search: Search, detail?: Assignment): void => {
    const { pattern, value } = goal;
    const all = search.bindings.aligned();
    const aligned = all.filter((a) => a.pattern !== pattern || a.value !== value);
    const depth = aligned.filter((a) => isEvidence(a.pattern)).length;
    const best = this.miss;
    if (best && depth < best.depth) return;
    const finding = diagnose(goal, search, detail);
    if (best && depth === best.depth && finding.nearness <= best.finding.nearness) return;
    this.miss = { pattern, value, depth, finding, aligned };
  };
}

/** A search for a rule at one value, followed by `furthest`. */
export function searchFor(rule: CompiledRule, root: Value, furthest: Furthest): Search | undefined {
  const graph = root.graph;
  if (!graph) return undefined;
  return new Search(rule.rule.spec.match.data, root, graph, {
    shared: rule.anatomy.shared,
    fuel: fuelOf(rule),
    onMiss: furthest.onMiss,
  });
}

/** Whether a part says something by having matched: a captured value may be anything. */
function isEvidence(p: PatternData): boolean {
  switch (p.kind) {
    case 'op':
    case 'sum':
    case 'product':
    case 'constant':
      return true;
    default:
      return false;
  }
}

/** Parts of the pattern beside the values at which they stand, as text; parts without a text of their own left out. */
export function alignedParts(aligned: readonly Aligned[]): readonly AlignedPart[] {
  const parts = new Map<string, AlignedPart>();
  for (const { pattern, value } of aligned) {
    if (!isEvidence(pattern) && pattern.kind !== 'value') continue;
    const text = patternText(pattern, 1);
    const seen = pattern.kind === 'value' || pattern.kind === 'constant' ? value : behindAliases(value);
    const node = seen.producer && placeOf(seen) === seen.producer.label ? { node: seen.producer.label } : {};
    parts.set(`${text}\n${seen.id}`, { pattern: text, value: seen.name, ...node });
  }
  return [...parts.values()];
}
