import { RefoldError } from '@refold/ir';
import type { SavedMeans } from '../round/gram.ts';
import { Histogram, type HistogramData } from './histogram.ts';

/** What was seen of a model, so that more can be added later, or another choice made of it. */
export interface SavedStatistics {
  /** Samples that were counted. */
  readonly samples: number;
  /** By key of the value. */
  readonly values: ReadonlyMap<string, Histogram>;
  /** What weights are multiplied with, on average, by key of the layer; absent in what was saved without. */
  readonly means?: ReadonlyMap<string, SavedMeans>;
}

const FORMAT = 'refold-statistics';
const VERSION = 2;

/** Without means. */
const OLD_VERSION = 1;

/** Statistics as text: a line for each value, in the order of their keys. Equal statistics give equal text. */
export function printStatistics({ samples, values, means = new Map() }: SavedStatistics): string {
  const counts = { samples, values: values.size, means: means.size };
  const head = JSON.stringify({ format: FORMAT, version: VERSION, ...counts });
  const lines = [
    ...byKey(values).map(([key, histogram]) => JSON.stringify([key, histogram.toJSON()])),
    ...byKey(means).map(([key, { count, sums }]) => JSON.stringify([key, { count, sums }])),
  ];
  return `${[head, ...lines].join('\n')}\n`;
}

function byKey<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * Reads what {@link printStatistics} wrote.
 * @throws RefoldError `usage/data` for anything else.
 */
export function parseStatistics(text: string): SavedStatistics {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const head = parsed(first);
  if (!isRecord(head) || head.format !== FORMAT) throw bad('it does not begin as one');
  if (head.version !== VERSION && head.version !== OLD_VERSION)
    throw bad(`version ${String(head.version)} of the format is unknown`);
  const { samples, values: count, means: more = 0 } = head;
  if (!isCount(samples) || !isCount(count) || !isCount(more) || count + more !== lines.length)
    throw bad('it is not complete');
  const values = new Map(entriesOf(lines.slice(0, count), isHistogram));
  const means = new Map(entriesOf(lines.slice(count), isMeans));
  const histograms = [...values].map(([key, data]) => [key, Histogram.from(data)] as const);
  return { samples, values: new Map(histograms), means };
}

function entriesOf<T>(
  lines: readonly string[],
  is: (data: unknown) => data is T,
): readonly (readonly [string, T])[] {
  return lines.map((line) => {
    const entry = parsed(line);
    if (!Array.isArray(entry)) throw bad('one of its values cannot be read');
    const [key, data]: readonly unknown[] = entry;
    if (typeof key !== 'string' || !is(data)) throw bad('one of its values cannot be read');
    return [key, data];
  });
}

/** Both together; what only one has seen is taken as it is. */
export function mergeStatistics(a: SavedStatistics, b: SavedStatistics): SavedStatistics {
  const values = new Map(a.values);
  for (const [key, histogram] of b.values) {
    const known = values.get(key);
    values.set(key, known ? Histogram.merged([known, histogram]) : histogram);
  }
  const means = new Map(a.means);
  for (const [key, more] of b.means ?? []) {
    const known = means.get(key);
    means.set(key, known ? addedMeans(known, more) : more);
  }
  return { samples: a.samples + b.samples, values, means };
}

function addedMeans(a: SavedMeans, b: SavedMeans): SavedMeans {
  const sums = a.sums.map((group, g) => group.map((x, i) => x + (b.sums[g]?.[i] ?? 0)));
  return { count: a.count + b.count, sums };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw bad('it is not JSON, line by line');
  }
}

function isHistogram(data: unknown): data is HistogramData {
  if (!isRecord(data)) return false;
  const { min, max, nan, counts } = data;
  const isBound = (x: unknown): boolean => x === null || (typeof x === 'number' && Math.fround(x) === x);
  return isBound(min) && isBound(max) && isCount(nan) && Array.isArray(counts) && counts.every(isBin);
}

function isMeans(data: unknown): data is SavedMeans {
  if (!isRecord(data) || !isCount(data.count) || !Array.isArray(data.sums)) return false;
  const isSum = (x: unknown): boolean => typeof x === 'number';
  return data.sums.every((group) => Array.isArray(group) && group.every(isSum));
}

function isBin(entry: unknown): boolean {
  return Array.isArray(entry) && isCount(entry[0]) && entry[0] < 2 ** 16 && isCount(entry[1]);
}

function isCount(x: unknown): x is number {
  return typeof x === 'number' && Number.isSafeInteger(x) && x >= 0;
}

function isRecord(data: unknown): data is Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null && !Array.isArray(data);
}

function bad(reason: string): RefoldError {
  return new RefoldError('usage/data', `not usable statistics: ${reason}`);
}
