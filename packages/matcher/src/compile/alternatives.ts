import { partsOf } from '../pattern/anatomy.ts';
import type { ChoicePattern, PatternData } from '../pattern/pattern.ts';
import type { Taken } from './skeleton.ts';

/** Into how many skeletons a pattern is taken apart at most; further choices stay open. */
const MAX_ALTERNATIVES = 32;

/**
 * The ways in which the choices of a pattern can be made, nearest to the root first; each choice is made once,
 * wherever it stands, since its tag may capture one label only. Choices inside a chain stay open: each node of
 * the chain makes them anew.
 */
export function alternativesOf(root: PatternData): readonly Taken[] {
  let all: readonly Map<PatternData, PatternData>[] = [new Map()];
  for (;;) {
    const next: Map<PatternData, PatternData>[] = [];
    let isDone = true;
    for (const taken of all) {
      const choice = firstOpenChoice(root, taken);
      if (!choice || all.length - 1 + choice.alternatives.length > MAX_ALTERNATIVES) {
        next.push(taken);
        continue;
      }
      isDone = false;
      for (const { of } of choice.alternatives) next.push(new Map(taken).set(choice, of));
    }
    if (isDone || next.length > MAX_ALTERNATIVES) return isDone ? next : all;
    all = next;
  }
}

/** Breadth first, so that what lies near the root is told apart before what lies deep. */
function firstOpenChoice(root: PatternData, taken: Taken): ChoicePattern | undefined {
  const seen = new Set<PatternData>([root]);
  for (const p of seen) {
    if (p.kind === 'choice' && !taken.has(p)) return p;
    if (p.kind !== 'repeat') for (const part of partsTaken(p, taken)) seen.add(part);
  }
  return undefined;
}

/** The parts of a pattern that can matter once choices are made; those of the first root alone. */
export function partsTaken(p: PatternData, taken: Taken): readonly PatternData[] {
  const alternative = taken.get(p);
  if (alternative) return [alternative];
  return p.kind === 'roots' ? partsOf(p).slice(0, 1) : partsOf(p);
}
