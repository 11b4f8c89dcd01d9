import { explain, explanations } from './explanations.ts';
import type { Verdict } from './judge.ts';

interface Row {
  cases: number;
  elements: number;
  odd: number;
}

/** What many cases came to. */
export class Tally {
  readonly rows: Map<string, Row> = new Map();
  readonly explained: Map<string, number> = new Map();
  readonly refusals: string[] = [];
  readonly unexplained: Verdict[] = [];

  add(verdict: Verdict): void {
    const { op } = verdict.drawn;
    const row = this.rows.get(op) ?? { cases: 0, elements: 0, odd: 0 };
    this.rows.set(op, row);
    row.cases += 1;
    row.elements += verdict.compared;
    row.odd += verdict.odd.length;
    if (verdict.refused !== undefined) this.refusals.push(`seed ${verdict.seed}, ${op}: ${verdict.refused}`);
    let open = false;
    for (const element of verdict.odd) {
      const found = explain(element, verdict);
      if (found) this.explained.set(found.name, (this.explained.get(found.name) ?? 0) + 1);
      else open = true;
    }
    if (open) this.unexplained.push(verdict);
  }

  get elements(): number {
    return [...this.rows.values()].reduce((sum, row) => sum + row.elements, 0);
  }
}

/** The report of a run, for people. */
export function pageOf(tally: Tally, seed: number, cases: number): string {
  const odd = [...tally.rows.values()].reduce((sum, row) => sum + row.odd, 0);
  return [
    '# The last full run on codes',
    '',
    `Seeds ${seed} to ${seed + cases - 1}: ${cases} cases, ${tally.elements} elements compared to the bit; ${odd} differ,`,
    `${tally.unexplained.length} cases with differences that are not explained, ${tally.refusals.length} that ONNX Runtime did not run.`,
    '',
    '| operator | cases | elements | different |',
    '| --- | --- | --- | --- |',
    ...[...tally.rows]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([op, row]) => `| ${op} | ${row.cases} | ${row.elements} | ${row.odd} |`),
    '',
    '| explained by | elements | right by the text | evidence |',
    '| --- | --- | --- | --- |',
    ...explanations.map(
      (e) => `| ${e.name} | ${tally.explained.get(e.name) ?? 0} | ${e.right} | ${e.evidence} |`,
    ),
    '',
  ].join('\n');
}
