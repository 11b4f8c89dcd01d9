import { type Anatomy, anchorKey, makersOf, ownDepth, ownOps, partsOf } from './anatomy.ts';
import type { PatternData } from './pattern.ts';

/** Two operators that can stand next to each other in a match, by `anchorKey`. */
export interface Link {
  /** Reads the result of `maker`. */
  readonly reader: string;
  readonly maker: string;
  /** How many nodes below the root the maker stands at most. */
  readonly depth: number;
  /** Whether they are brackets of one sum or product, so that nothing else reads what lies between. */
  readonly isBracket: boolean;
}

/**
 * The links of a pattern, those to nodes that are looked through included, but not those to aliases. Nothing is said
 * of what makes a captured value.
 */
export function* linksOf({ below }: Anatomy): Generator<Link> {
  for (const [pattern, start] of below) {
    const readers = readersIn(pattern);
    const depth = start + ownDepth(pattern);
    const isNary = pattern.kind === 'sum' || pattern.kind === 'product';
    for (const reader of readers) {
      for (const part of partsOf(pattern)) {
        for (const maker of makersIn(part, below)) yield { reader, maker, depth, isBracket: false };
      }
      if (pattern.kind === 'op') continue;
      for (const maker of readers) yield { reader, maker, depth, isBracket: isNary };
    }
  }
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
