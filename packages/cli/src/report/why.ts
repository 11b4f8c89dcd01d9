import { printable } from '../io/printable.ts';
import type { SimplifyReport } from './report.ts';

/** Why rules and passes left places alone, as lines behind the report; the most frequent reasons first. */
export function whyText(report: SimplifyReport, model: string): string {
  const rows: (readonly [name: string, refusals: Readonly<Record<string, number>>])[] = [];
  let hasRules = false;
  for (const { name, rules, refusals } of report.passes) {
    if (!rules && Object.keys(refusals).length > 0) rows.push([name, refusals]);
    for (const [rule, own] of Object.entries(rules ?? {})) {
      if (Object.keys(own.refusals).length === 0) continue;
      rows.push([rule, own.refusals]);
      hasRules = true;
    }
  }
  if (rows.length === 0) return '\n\nevery match was rewritten';
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, refusals]) => `  ${name.padEnd(width)}  ${reasonsText(refusals)}`);
  const hint = hasRules
    ? [`refold explain ${printable(model)} --rule RULE says where, and what would make it match`]
    : [];
  return ['\n', 'left unchanged', ...lines, ...hint].join('\n');
}

function reasonsText(refusals: Readonly<Record<string, number>>): string {
  return Object.entries(refusals)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([reason, times]) => `${times} x ${reason}`)
    .join(', ');
}
