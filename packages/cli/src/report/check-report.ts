import type { Comparison, Divergence, ElementDifference } from '@refold/runtime';
import { printable } from '../io/printable.ts';
import { version } from '../version.ts';
import { brief, type Shown, shown } from './statistics.ts';

/** One element that is not as it should be. */
export interface ElementReport {
  readonly index: readonly number[];
  readonly want: Shown;
  readonly got: Shown;
  /** How far apart the two may lie. */
  readonly bound: number;
}

/** The first value that differs. */
export interface DivergenceReport {
  /** Its name in the first model, and in the second if that is another. */
  readonly value: string;
  readonly got?: string;
  /** The nodes that compute it in the first and in the second model; absent for constants. */
  readonly wantNode?: { readonly name: string; readonly op: string };
  readonly gotNode?: { readonly name: string; readonly op: string };
  readonly message: string;
  /** How many elements differ by too much, and the worst of them. */
  readonly count?: number;
  readonly worst?: ElementReport;
  /** The initializer or attribute in which the two nodes differ, if that is all. */
  readonly parameter?: {
    readonly kind: 'constant' | 'attribute';
    readonly name: string;
    readonly worst?: ElementReport;
  };
}

/** What `refold check` found, as data; `docs/check.schema.json` is its JSON Schema. */
export interface ModelsReport {
  readonly tool: 'refold';
  readonly version: string;
  readonly models: readonly [string, string];
  readonly verdict: Comparison['verdict'];
  readonly sets: number;
  readonly compared: number;
  readonly largestShare: number;
  readonly divergence?: DivergenceReport;
  readonly differences: readonly { readonly output?: string; readonly message: string }[];
  readonly inputs?: { readonly label: string; readonly seed?: number; readonly saved?: string };
  readonly notes: readonly string[];
}

export function checkReport(
  first: string,
  second: string,
  comparison: Comparison,
  saved: string | undefined,
): ModelsReport {
  const { verdict, sets, compared, largestShare, divergence, differences, inputs, notes } = comparison;
  return {
    tool: 'refold',
    version,
    models: [first, second],
    verdict,
    sets,
    compared,
    largestShare,
    ...(divergence ? { divergence: divergenceReport(divergence) } : {}),
    differences: differences.map(({ output, message }) => ({
      ...(output === undefined ? {} : { output }),
      message,
    })),
    ...(inputs
      ? {
          inputs: {
            label: inputs.label,
            ...(inputs.seed === undefined ? {} : { seed: inputs.seed }),
            ...(saved === undefined ? {} : { saved }),
          },
        }
      : {}),
    notes,
  };
}

function divergenceReport({
  value,
  got,
  wantNode,
  gotNode,
  difference,
  parameter,
}: Divergence): DivergenceReport {
  const { elements } = difference;
  return {
    value,
    ...(got === value ? {} : { got }),
    ...(wantNode ? { wantNode } : {}),
    ...(gotNode ? { gotNode } : {}),
    message: difference.message,
    ...(elements ? { count: elements.count, worst: elementReport(elements.worst) } : {}),
    ...(parameter
      ? {
          parameter: {
            kind: parameter.kind,
            name: parameter.name,
            ...(parameter.element ? { worst: elementReport(parameter.element) } : {}),
          },
        }
      : {}),
  };
}

function elementReport({ index, want, got, bound }: ElementDifference): ElementReport {
  return { index, want: shown(want), got: shown(got), bound };
}

export function checkText(report: ModelsReport): string {
  const lines = [...verdictLines(report), ...report.notes.slice(0, 5).map((note) => `note: ${note}`)];
  if (report.notes.length > 5) lines.push(`note: ${report.notes.length - 5} more like these`);
  return lines.map((line) => printable(line)).join('\n');
}

function verdictLines({
  verdict,
  sets,
  compared,
  largestShare,
  divergence,
  differences,
  inputs,
}: ModelsReport): string[] {
  if (verdict === 'unverified') return ['unverified: A runs on none of the inputs that were tried'];
  if (verdict === 'equal') {
    const share = (largestShare * 100).toPrecision(2);
    const apart = largestShare === 0 ? 'all equal' : `none differs by more than ${share}% of its bound`;
    const distance =
      compared === 0 ? 'every node of B is identical to one of A' : `${compared} values compared, ${apart}`;
    return [`equal on ${sets} set${sets === 1 ? '' : 's'} of inputs: ${distance}`];
  }
  return [
    inputs ? `different on ${inputs.label}` : 'different',
    ...(divergence ? divergenceLines(divergence) : []),
    ...differences.map((d) => `  ${d.message}`),
    ...(inputs?.saved === undefined ? [] : [`inputs: ${inputs.saved}`]),
  ];
}

function divergenceLines({
  value,
  got,
  wantNode,
  gotNode,
  message,
  worst,
  parameter,
}: DivergenceReport): string[] {
  const other = got === undefined ? '' : ` (${got} in B)`;
  const node = gotNode ? `, by ${gotNode.op} '${gotNode.name}'` : ', a constant';
  const before =
    wantNode && wantNode.op !== gotNode?.op ? `, where A has ${wantNode.op} '${wantNode.name}'` : '';
  return [
    `first divergence: ${value}${other}${node}${before}`,
    `  ${message}`,
    ...(worst ? [`  worst at ${elementText(worst)}`] : []),
    ...(parameter
      ? [
          `  ${parameter.kind} ${parameter.name} differs${parameter.worst ? `: ${elementText(parameter.worst)}` : ''}`,
        ]
      : []),
  ];
}

function elementText({ index, want, got, bound }: ElementReport): string {
  const distance =
    typeof want === 'number' && typeof got === 'number' ? `, ${brief(Math.abs(got - want))} apart` : '';
  const place = index.length > 0 ? `[${index.join(', ')}]: ` : '';
  return `${place}${want} became ${got}${distance}${bound > 0 ? `, bound ${Number(bound.toPrecision(3))}` : ''}`;
}
