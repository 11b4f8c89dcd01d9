import type { ClassReport, MemberReport } from '@refold/passes';
import { printable } from '../io/printable.ts';
import type { QuantizeReport } from '../quantize.ts';
import { formatCount } from './format.ts';
import { keptText, smallText } from './quantize-analysis.ts';
import { plain, type Style } from './render.ts';

/** Classes that are printed: those that lose most come first, the others are in the data. */
const SHOWN = 12;

/** The report as people read it: what runs on codes, what classes lose, what to know. */
export function quantizeText(report: QuantizeReport, style: Style = plain, shown: number = SHOWN): string {
  const { target, observer, samples, written, classes, diagnostics } = report;
  const lines = [
    style.bold(`${target}, ranges by ${observer} of ${samples} sample${samples === 1 ? '' : 's'}`),
    `integers: ${countsText(report.quantized)}`,
    `floats:   ${countsText(report.float)}`,
    ...(report.kept ? [keptText(report.kept)] : []),
    ...(report.small ? [smallText(report.small)] : []),
    ...(report.migrated === undefined
      ? []
      : [`outliers of ${formatCount(report.migrated, 'normalization')} moved into weights`]),
    `${written.values} values and ${written.constants} constants in ${classes.length} classes, ` +
      `${written.requantized} requantized before use`,
    ...classLines(classes, style, shown),
    ...diagnostics.slice(0, shown).map(({ code, message }) => `${code}: ${message}`),
  ];
  if (diagnostics.length > shown) lines.push(`${diagnostics.length - shown} more notes in the full report`);
  return lines.map((line) => printable(line)).join('\n');
}

export function countsText(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const total = entries.reduce((sum, [, n]) => sum + n, 0);
  const list = entries.slice(0, 8).map(([name, n]) => `${name} ${n}`);
  const rest = entries.length > 8 ? [`${entries.length - 8} more`] : [];
  return total === 0 ? 'none' : `${formatCount(total, 'node')} (${[...list, ...rest].join(', ')})`;
}

function classLines(classes: readonly ClassReport[], style: Style, shown: number): readonly string[] {
  const worst = [...classes].sort((a, b) => lossOf(b) - lossOf(a)).slice(0, shown);
  if (worst.length === 0) return [];
  const heading = style.bold('classes that lose most (noise-to-signal, alone and united):');
  const rest = classes.length - worst.length;
  return [
    heading,
    ...worst.flatMap(linesOfClass),
    ...(rest > 0 ? [style.dim(`  ${rest} more lose less`)] : []),
  ];
}

function lossOf({ members }: ClassReport): number {
  return Math.max(0, ...members.map((m) => m.loss));
}

function linesOfClass(one: ClassReport): readonly string[] {
  const { name, dtype, scale, zeroPoint, perAxis, members, rules } = one;
  const theta = perAxis
    ? `${dtype}, a scale per channel`
    : `${dtype}, scale ${brief(scale)}, zero point ${zeroPoint}`;
  const head = `  ${name}: ${theta}`;
  const why = [...new Set(rules.map((r) => r.rule))].sort().join(', ');
  return [
    head,
    ...members.slice(0, 6).map(memberLine),
    ...(members.length > 6 ? [`    ${members.length - 6} more members`] : []),
    ...(why === '' ? [] : [`    one class by ${why}`]),
  ];
}

function memberLine({ value, min, max, levels, lossAlone, loss, step }: MemberReport): string {
  const range = `[${brief(min)}, ${brief(max)}]`;
  const way = step === undefined ? '' : `, alternative: ${step}`;
  return `    ${value} ${range}, ${Math.floor(levels)} levels, ${brief(lossAlone)} and ${brief(loss)}${way}`;
}

function brief(x: number): string {
  return String(Number(x.toPrecision(3)));
}
