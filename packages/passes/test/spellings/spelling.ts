import { checkEquivalent } from '@refold/runtime';
import { defaultPasses } from '../../src/index.ts';
import { type Frame, graphOf } from '../formula.ts';
import { run, type Setting } from '../support.ts';

/** One way to write a function. */
export interface Spelling extends Frame, Setting {
  /** As for `graphOf`. */
  readonly formulas: string;
}

/** What is left of a spelling after the default passes, as the names of operators. */
export function foldedOps(spelling: Spelling): string {
  const { after } = run(defaultPasses, graphOf(spelling.formulas, spelling), spelling);
  return [...after.graph.nodes()].map((node) => node.opType).join(' ');
}

/** The spellings that the default passes do not turn into `expected`, or whose results then differ; and why. */
export function missed(expected: string, spellings: readonly Spelling[]): readonly string[] {
  return spellings.flatMap((spelling) => {
    const { before, after } = run(defaultPasses, graphOf(spelling.formulas, spelling), spelling);
    const ops = [...after.graph.nodes()].map((node) => node.opType).join(' ');
    if (ops !== expected) return [`${spelling.formulas}: ${ops}`];
    const { verdict, differences, notes } = checkEquivalent(before, after, { sets: 2 });
    const all = [...differences.map((d) => d.message), ...notes];
    return verdict === 'equal' ? [] : [`${spelling.formulas}: ${all.join(', ')}`];
  });
}

/** Every combination of one item of each list, as arguments of `make`. */
export function combined<A, B, C, D>(
  as: readonly A[],
  bs: readonly B[],
  cs: readonly C[],
  ds: readonly D[],
  make: (a: A, b: B, c: C, d: D) => Spelling,
): readonly Spelling[] {
  return as.flatMap((a) => bs.flatMap((b) => cs.flatMap((c) => ds.map((d) => make(a, b, c, d)))));
}
