import type { Graph, Value } from '@refold/ir';
import { Search } from '../match/search.ts';
import { anatomyOf } from '../pattern/anatomy.ts';
import type { PatternData } from '../pattern/pattern.ts';
import { withParts } from '../pattern/with-parts.ts';
import { Furthest, type Miss } from './trace.ts';

/** At most so many differences make a near miss. */
const MAX_MENDS = 3;

/** Steps that each attempt with a changed pattern may take. */
const FUEL = 8192;

/**
 * What would have to be otherwise for a pattern to match at a value, a clause each: the pattern is changed to take
 * what was found, until it matches, so the answer is not a guess. Undefined when too much or anything else differs.
 */
export function nearMiss(
  pattern: PatternData,
  root: Value,
  graph: Graph,
  first: Miss,
): readonly string[] | undefined {
  const clauses: string[] = [];
  let all = pattern;
  let miss: Miss | undefined = first;
  while (miss && clauses.length < MAX_MENDS) {
    const mend = miss.finding.mend;
    if (!mend) return undefined;
    clauses.push(mend.clause);
    all = replacePart(all, miss.pattern, mend.pattern);
    const furthest = new Furthest();
    const search = new Search(all, root, graph, {
      shared: anatomyOf(all).shared,
      fuel: FUEL,
      onMiss: furthest.onMiss,
    });
    if (search.next() === 'found') return clauses;
    miss = furthest.miss;
  }
  return undefined;
}

/**
 * A pattern with one of its parts replaced wherever it stands. Parts that stand at several places still do.
 * Patterns are as deep as people write them, so this may recurse.
 */
export function replacePart(root: PatternData, from: PatternData, to: PatternData): PatternData {
  const done = new Map<PatternData, PatternData>([[from, to]]);
  const visit = (p: PatternData): PatternData => {
    const known = done.get(p);
    if (known) return known;
    const copy = withParts(p, visit);
    done.set(p, copy);
    return copy;
  };
  return visit(root);
}
