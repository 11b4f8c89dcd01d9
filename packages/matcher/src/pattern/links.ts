import { type Anatomy, anchorKey, makersOf, ownDepth, ownOps, partsOf } from './anatomy.ts';
import type { PatternData } from './pattern.ts';

/** Nodes of a pattern of which some read the results of others. Operators are given by `anchorKey`. */
export interface Link {
  readonly readers: readonly string[];
  readonly makers: Iterable<string>;
  /** How many nodes below the root the makers stand at most. */
  readonly depth: number;
  /** Whether they are brackets of one sum or product, so that nothing else reads what lies between. */
  readonly isBracket: boolean;
}

/**
 * The links of a pattern, those to nodes that are looked through included, but not those to aliases. Nothing is said
 * of what makes a captured value.
 */
export function linksOf({ below }: Anatomy): readonly Link[] {
  const links: Link[] = [];
  for (const [pattern, start] of below) {
    const readers = readersIn(pattern);
    if (readers.length === 0) continue;
    const depth = start + ownDepth(pattern);
    for (const part of partsOf(pattern)) {
      links.push({ readers, makers: makersIn(part, below), depth, isBracket: false });
    }
    if (pattern.kind === 'op') continue;
    const isBracket = pattern.kind === 'sum' || pattern.kind === 'product';
    links.push({ readers, makers: readers, depth, isBracket });
  }
  return links;
}

/** The nodes of a pattern that read the values of its parts. */
function readersIn(p: PatternData): readonly string[] {
  if (p.kind === 'op') return p.ops.map((name) => anchorKey(p.domain, name));
  return ownOps(p).map((name) => anchorKey('', name));
}

function makersIn(part: PatternData, all: ReadonlyMap<PatternData, number>): Iterable<string> {
  if (part.kind === 'list') return makersOf(part.each).ops;
  if (part.kind !== 'hole') return makersOf(part).ops;
  // Where a chain goes on stands its next node, or its end.
  const makers = new Set<string>();
  for (const p of all.keys()) {
    if (p.kind !== 'repeat' || p.hole !== part) continue;
    for (const inner of [p.body, p.base]) for (const op of makersOf(inner).ops) makers.add(op);
  }
  return makers;
}
