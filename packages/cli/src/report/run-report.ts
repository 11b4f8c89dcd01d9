import {
  type Binding,
  type NdValue,
  type OperatorProfile,
  type ProfiledNode,
  profileByOperator,
  type Roof,
} from '@refold/runtime';
import type { GivenInputs } from '../io/input-options.ts';
import { printable } from '../io/printable.ts';
import { version } from '../version.ts';
import { formatBytes, formatTime } from './format.ts';
import { brief, firstElements, type Shown, type Statistics, statisticsOf } from './statistics.ts';

/** A run and everything about it. */
export interface RunOutcome {
  readonly feeds: ReadonlyMap<string, NdValue>;
  readonly given: GivenInputs;
  readonly binding: Binding;
  readonly outputs: ReadonlyMap<string, NdValue>;
  readonly milliseconds: number;
  readonly peakBytes: number;
  /** There when a profile was asked for. */
  readonly profile: { readonly nodes: readonly ProfiledNode[]; readonly roof: Roof | undefined } | undefined;
}

/** A value of the run, in short. */
export interface ValueReport {
  readonly name: string;
  readonly kind: NdValue['kind'];
  /** Of tensors. */
  readonly dtype?: string;
  readonly dims?: readonly number[];
  readonly statistics?: Statistics;
  readonly first?: readonly Shown[];
}

/** What `refold run` did, as data; `docs/run.schema.json` is its JSON Schema. */
export interface RunReport {
  readonly tool: 'refold';
  readonly version: string;
  readonly model: string;
  readonly seed: number;
  /** Sizes that open dimensions were given. */
  readonly sizes: Readonly<Record<string, number>>;
  readonly inputs: readonly (ValueReport & { readonly source: string })[];
  readonly outputs: readonly ValueReport[];
  readonly milliseconds: number;
  /** The most bytes that values took at one time; constants do not count. */
  readonly peakBytes: number;
  readonly profile?: readonly OperatorProfile[];
  /** What the machine can do; there with a profile, where the fast tier runs. */
  readonly roof?: Roof;
}

const FIRST = 8;

export function runReport(model: string, outcome: RunOutcome): RunReport {
  const { feeds, given, binding, outputs, milliseconds, peakBytes, profile } = outcome;
  const source = (name: string): string =>
    given.fixed.has(name) ? 'file' : (given.styleOf.get(name) ?? 'normal');
  return {
    tool: 'refold',
    version,
    model,
    seed: given.seed,
    sizes: Object.fromEntries(binding),
    inputs: [...feeds].map(([name, value]) => ({ ...valueReport(name, value), source: source(name) })),
    outputs: [...outputs].map(([name, value]) => valueReport(name, value)),
    milliseconds,
    peakBytes,
    ...(profile ? { profile: profileByOperator(profile.nodes, profile.roof) } : {}),
    ...(profile?.roof ? { roof: profile.roof } : {}),
  };
}

function valueReport(name: string, value: NdValue): ValueReport {
  if (value.kind !== 'tensor') return { name, kind: value.kind };
  const statistics = statisticsOf(value);
  return {
    name,
    kind: value.kind,
    dtype: value.dtype,
    dims: value.dims,
    ...(statistics ? { statistics } : {}),
    first: firstElements(value, FIRST),
  };
}

export function runText(report: RunReport): string {
  const { sizes, inputs, outputs, milliseconds, peakBytes, profile, roof, seed } = report;
  const named = Object.entries(sizes).map(([name, size]) => `${name}=${size}`);
  const lines = [
    'inputs:',
    ...inputs.map((v) => `  ${headOf(v)}  ${v.source}`),
    ...(named.length > 0 ? [`sizes: ${named.join(', ')}`] : []),
    'outputs:',
    ...outputs.flatMap((v) => [`  ${headOf(v)}`, ...detailsOf(v).map((line) => `    ${line}`)]),
    `run: ${formatTime(milliseconds)}, peak memory of values ${formatBytes(peakBytes)}, seed ${seed}`,
    ...(profile ? ['', ...profileLines(profile)] : []),
    ...(roof ? ['', roofLine(roof)] : []),
  ];
  return lines.map((line) => printable(line)).join('\n');
}

function headOf({ name, kind, dtype, dims }: ValueReport): string {
  return `${name}: ${dims ? `${dtype}[${dims.join(', ')}]` : kind}`;
}

function detailsOf({ statistics, first, dims }: ValueReport): readonly string[] {
  if (!first || !dims) return [];
  const count = dims.reduce((product, d) => product * d, 1);
  const { min, max, mean, nan = 0, infinite = 0 } = statistics ?? {};
  const figures = [
    ...(min === undefined || max === undefined || mean === undefined
      ? []
      : [`min ${brief(min)}`, `max ${brief(max)}`, `mean ${brief(mean)}`]),
    ...(nan > 0 ? [`${nan} NaN`] : []),
    ...(infinite > 0 ? [`${infinite} infinite`] : []),
  ];
  const elements = first.map((v) => (typeof v === 'number' ? brief(v) : v)).join(', ');
  return [
    ...(figures.length > 0 ? [figures.join(', ')] : []),
    ...(count > 0 ? [`[${elements}${count > first.length ? ', ...' : ''}]`] : ['no elements']),
  ];
}

/** What each operator took, the slowest first. */
function profileLines(rows: readonly OperatorProfile[]): readonly string[] {
  const head = ['operator', 'count', 'time', 'share', 'MFLOP', 'GFLOP/s', 'MB', 'FLOP/B', 'bound', 'roof'];
  const cells = rows.map((row) => [
    row.op,
    String(row.count),
    formatTime(row.milliseconds),
    `${(row.share * 100).toFixed(1)}%`,
    (row.flops / 1e6).toFixed(2),
    row.gflops.toFixed(2),
    (row.bytes / 1e6).toFixed(2),
    row.intensity.toFixed(2),
    row.roof?.bound ?? '-',
    row.roof ? `${(row.roof.share * 100).toFixed(1)}%` : '-',
  ]);
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((c) => c[i]?.length ?? 0)));
  return [head, ...cells].map((row) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '),
  );
}

function roofLine({ flops, bandwidth }: Roof): string {
  return `roof of one thread: ${(flops / 1e9).toFixed(1)} GFLOP/s, ${(bandwidth / 1e9).toFixed(1)} GB/s`;
}
