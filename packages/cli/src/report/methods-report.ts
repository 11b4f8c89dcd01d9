import type { FloatLayer, Sizes } from '@refold/passes';
import { printable } from '../io/printable.ts';
import type { ConversionReport, DynamicReport, WeightsReport } from '../methods.ts';
import { formatBytes, formatCount } from './format.ts';
import { countsText } from './quantize-report.ts';
import { plain, type Style } from './render.ts';

/** Nodes that stay in floats and are printed one by one; all are in the data. */
const SHOWN = 6;

const reasons: Readonly<Record<FloatLayer['reason'], string>> = {
  asked: 'kept as asked',
  end: 'first or last product',
  small: 'small weight',
  computed: 'both operands are computed',
  shared: 'weight is read as floats elsewhere',
  operator: 'no integer form',
};

const keepReasons: Readonly<Record<ConversionReport['kept'][number]['reason'], string>> = {
  interface: 'inputs and outputs keep their types',
  operator: 'not for this type',
  kept: 'loses too much, or kept as asked',
  range: 'values leave the range',
  constant: 'a constant would overflow or vanish',
};

export function dynamicText(report: DynamicReport, style: Style = plain): string {
  const { quantized, values, float, bytes } = report;
  return text([
    style.bold(`dynamic: products on integers, ${formatCount(values, 'value')} quantized at run time`),
    `integers: ${countsText(quantized)}`,
    ...floatLines(float, style),
    sizeText(bytes),
  ]);
}

export function weightsText(report: WeightsReport, style: Style = plain): string {
  const { format, block, weights, samples, quantized, float, bytes } = report;
  const rounded = samples === 0 ? '' : `, rounded by ${formatCount(samples, 'sample')}`;
  return text([
    style.bold(
      `weights: ${formatCount(weights, 'weight')} as codes (${format}, blocks of ${block})${rounded}`,
    ),
    `codes:  ${countsText(quantized)}`,
    ...floatLines(float, style),
    sizeText(bytes),
  ]);
}

export function conversionText(report: ConversionReport, style: Style = plain): string {
  const { to, samples, converted, kept, casts, constants, bytes } = report;
  const seen = samples === 0 ? '' : `, ranges of ${formatCount(samples, 'sample')}`;
  return text([
    style.bold(`${to}: ${formatCount(casts, 'cast')}, ${formatCount(constants, 'constant')}${seen}`),
    `${to}: ${countsText(converted)}`,
    ...grouped(
      'float32:',
      kept.map(({ node, operator, reason }) => ({ name: node, operator, why: keepReasons[reason] })),
      style,
    ),
    sizeText(bytes),
  ]);
}

function floatLines(float: readonly FloatLayer[], style: Style): readonly string[] {
  const entries = float.map(({ layer, operator, reason }) => ({
    name: layer,
    operator,
    why: reasons[reason],
  }));
  return grouped('floats:', entries, style);
}

interface Entry {
  readonly name: string;
  readonly operator: string;
  readonly why: string;
}

/** What stays in floats, by reason. */
function grouped(heading: string, entries: readonly Entry[], style: Style): readonly string[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) groups.set(entry.why, [...(groups.get(entry.why) ?? []), entry]);
  return [...groups].map(([why, group]) => {
    const names = group.slice(0, SHOWN).map(({ name, operator }) => `${name} (${operator})`);
    const rest = group.length > SHOWN ? style.dim(`, ${group.length - SHOWN} more`) : '';
    return `${heading} ${why}: ${names.join(', ')}${rest}`;
  });
}

function sizeText({ before, after }: Sizes): string {
  return `constants: ${formatBytes(before)} became ${formatBytes(after)}`;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => printable(line)).join('\n');
}
