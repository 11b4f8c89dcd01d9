import { printable } from '../io/printable.ts';
import { formatBytes, formatCount, formatTime } from './format.ts';
import type { ModelFigures, SimplifyReport } from './report.ts';

/** Colours, or none when the output is not a terminal. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
}

export const plain: Style = { bold: (t) => t, dim: (t) => t, good: (t) => t };

interface Row {
  readonly label: string;
  readonly before: number;
  readonly after: number;
  readonly show: (value: number) => string;
}

/** The report as a table of counts before and after, the smaller side marked, and what each pass did. */
export function renderReport(report: SimplifyReport, style: Style = plain): string {
  const rows = [...operatorRows(report.input, report.output), ...totals(report.input, report.output)];
  const cells = rows.map((row) => ({
    row,
    label: printable(row.label, 60),
    a: row.show(row.before),
    b: row.show(row.after),
  }));
  const widths = [
    Math.max(8, ...cells.map((c) => c.label.length)),
    Math.max(8, ...cells.map((c) => c.a.length)),
    Math.max(10, ...cells.map((c) => c.b.length + 2)),
  ] as const;
  const lines = [
    style.bold(`${''.padEnd(widths[0])}  ${'before'.padStart(widths[1])}  ${'after'.padStart(widths[2])}`),
  ];
  const first = rows.length - totals(report.input, report.output).length;
  cells.forEach((c, i) => {
    if (i === first) lines.push(style.dim('-'.repeat(widths[0] + widths[1] + widths[2] + 4)));
    const mark = (smaller: boolean, text: string, width: number): string => {
      const padded = `${smaller ? '* ' : '  '}${text}`.padStart(width);
      return smaller ? style.good(padded) : padded;
    };
    const before = mark(c.row.before < c.row.after, c.a, widths[1]);
    lines.push(
      `${c.label.padEnd(widths[0])}  ${before}  ${mark(c.row.after < c.row.before, c.b, widths[2])}`,
    );
  });
  return [...lines, '', ...passLines(report, style), ...notes(report)].join('\n');
}

function operatorRows(before: ModelFigures, after: ModelFigures): Row[] {
  const names = [...new Set([...Object.keys(before.operators), ...Object.keys(after.operators)])].sort();
  return names.map((label) => ({
    label,
    before: before.operators[label] ?? 0,
    after: after.operators[label] ?? 0,
    show: String,
  }));
}

function totals(before: ModelFigures, after: ModelFigures): Row[] {
  const row = (
    label: string,
    a: number | undefined,
    b: number | undefined,
    show: (v: number) => string = String,
  ): Row[] => (a === undefined || b === undefined ? [] : [{ label, before: a, after: b, show }]);
  return [
    ...row('nodes', before.nodes, after.nodes),
    ...row('Constant nodes', before.constants, after.constants),
    ...row('initializers', before.initializers, after.initializers),
    ...row('weights', before.weightBytes, after.weightBytes, formatBytes),
    ...row('model', before.bytes, after.bytes, formatBytes),
  ];
}

function passLines(report: SimplifyReport, style: Style): string[] {
  const busy = report.passes.filter((p) => p.changes > 0 || p.error);
  const width = Math.max(0, ...busy.map((p) => p.name.length));
  const lines = busy.map((p) => {
    const what = p.error
      ? `failed and was rolled back: ${printable(p.error, 200)}`
      : formatCount(p.changes, 'change');
    return `  ${p.name.padEnd(width)}  ${what}  ${style.dim(formatTime(p.milliseconds))}`;
  });
  const { read, simplify, check, write } = report.milliseconds;
  const stopped = report.stopped === 'settled' ? '' : `, stopped by ${report.stopped}`;
  const parts = [`read ${formatTime(read)}`, `simplify ${formatTime(simplify)}`];
  if (report.check) parts.push(`check ${formatTime(check)}`);
  if (report.output.bytes !== undefined) parts.push(`write ${formatTime(write)}`);
  return [...lines, style.dim(`${formatCount(report.rounds, 'round')}${stopped}; ${parts.join(', ')}`)];
}

function notes(report: SimplifyReport): string[] {
  const lines = report.warnings.slice(0, 5).map((w) => `note: ${printable(w)}`);
  if (report.warnings.length > 5) lines.push(`note: ${report.warnings.length - 5} more like these`);
  const { check, opset } = report;
  if (opset) {
    const { from, to, nodes } = opset;
    lines.push(`opset: ${from === undefined ? 'none' : `${from} -> ${to}`}, ${nodes} nodes rewritten`);
  }
  if (check) {
    const outcome =
      check.verdict === 'equal' ? `equal on ${check.sets} sets of inputs` : 'the original could not be run';
    lines.push(`check: ${outcome}`, ...check.notes.map((n) => `note: ${printable(n)}`));
  }
  return lines;
}
