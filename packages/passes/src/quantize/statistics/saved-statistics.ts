import { RefoldError } from '@refold/ir';
import { Histogram, type HistogramData } from './histogram.ts';

/** What was seen of a model, so that more can be added later, or another choice made of it. */
export interface SavedStatistics {
  /** Samples that were counted. */
  readonly samples: number;
  /** By key of the value. */
  readonly values: ReadonlyMap<string, Histogram>;
}

const FORMAT = 'refold-statistics';
const VERSION = 1;

/** Statistics as text: a line for each value, in the order of their keys. Equal statistics give equal text. */
export function printStatistics({ samples, values }: SavedStatistics): string {
  const head = JSON.stringify({ format: FORMAT, version: VERSION, samples, values: values.size });
  const lines = [...values]
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([key, histogram]) => JSON.stringify([key, histogram.toJSON()]));
  return `${[head, ...lines].join('\n')}\n`;
}

/**
 * Reads what {@link printStatistics} wrote.
 * @throws RefoldError `usage/data` for anything else.
 */
export function parseStatistics(text: string): SavedStatistics {
  const [first = '', ...lines] = text.trimEnd().split('\n');
  const head = parsed(first);
  if (!isRecord(head) || head.format !== FORMAT) throw bad('it does not begin as one');
  if (head.version !== VERSION) throw bad(`version ${String(head.version)} of the format is unknown`);
  const { samples } = head;
  if (!isCount(samples) || head.values !== lines.length) throw bad('it is not complete');
  const values = new Map<string, Histogram>();
  for (const line of lines) {
    const entry = parsed(line);
    if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !isHistogram(entry[1]))
      throw bad('one of its values cannot be read');
    values.set(entry[0], Histogram.from(entry[1]));
  }
  return { samples, values };
}

/** Both together; what only one has seen is taken as it is. */
export function mergeStatistics(a: SavedStatistics, b: SavedStatistics): SavedStatistics {
  const values = new Map(a.values);
  for (const [key, histogram] of b.values) {
    const known = values.get(key);
    values.set(key, known ? Histogram.merged([known, histogram]) : histogram);
  }
  return { samples: a.samples + b.samples, values };
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
