import { explanationOf } from './explained.ts';
import type { Verdict } from './judge.ts';

/** What came of one model for one target. */
export interface Outcome extends Partial<Verdict> {
  /** Its folder and its name. */
  readonly model: string;
  readonly target: string;
  /** Processor seconds. */
  readonly seconds: number;
  /** Why nothing could be asked of it. */
  readonly skipped?: string;
  /** What went wrong, where nothing must. */
  readonly failed?: string;
}

/** Outcomes as a page of text: counts by folder and target, then all that is not as it must be, each with its reason. */
export function pageOf(outcomes: readonly Outcome[]): string {
  const groups = grouped(
    outcomes,
    ({ model, target, orders }) =>
      `${model.split('/')[0]} | ${target} | ${orders === 0 ? 'without orders and second run' : 'all'}`,
  );
  const judged = outcomes.filter((o) => o.complaints);
  const complaints = judged.flatMap((o) =>
    [...grouped(o.complaints ?? [], ({ property }) => property)].map(([property, list]) => {
      const reason = explanationOf(o.model, list[0]?.property) ?? 'unexplained';
      return `${o.model}, ${o.target} | ${property} | ${list.length} times, first ${cut(list[0]?.message ?? '')} | ${reason}`;
    }),
  );
  const islands = judged
    .filter((o) => Object.keys(o.islands ?? {}).length > 0)
    .map(
      (o) => `${o.model} | ${o.quantized} of ${(o.quantized ?? 0) + (o.float ?? 0)} | ${listed(o.islands)}`,
    );
  const unasked = outcomes
    .filter((o) => !o.complaints)
    .map((o) => `${o.model}, ${o.target} | ${cut(o.skipped ?? `failed: ${o.failed}`)}`);
  return [
    ...table(
      'models | target | properties | asked of | hold | do not | not asked | nodes on codes | processor seconds',
      [...groups].map(([name, group]) => `${name} | ${countsOf(group).join(' | ')}`),
    ),
    ...section('Not as it must be', 'model, target | property | what | why', complaints),
    ...section(
      'Left to floats around what has no codes, for integers only',
      'model | nodes on codes | because of',
      islands,
    ),
    ...section('Not asked', 'model, target | why', unasked),
    '',
  ].join('\n');
}

function countsOf(group: readonly Outcome[]): readonly (string | number)[] {
  const judged = group.filter((o) => o.complaints);
  const good = judged.filter((o) => o.complaints?.length === 0);
  const sum = (count: (o: Outcome) => number): number => group.reduce((total, o) => total + count(o), 0);
  const coded = sum((o) => o.quantized ?? 0);
  const share = coded / Math.max(1, coded + sum((o) => o.float ?? 0));
  return [
    judged.length,
    good.length,
    judged.length - good.length,
    group.length - judged.length,
    `${(100 * share).toFixed(0)} %`,
    sum((o) => o.seconds).toFixed(0),
  ];
}

function grouped<T>(things: readonly T[], keyOf: (thing: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const group = groups.get(key);
    if (group) group.push(thing);
    else groups.set(key, [thing]);
  }
  return groups;
}

function section(title: string, columns: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : ['', `## ${title}`, '', ...table(columns, rows)];
}

function table(columns: string, rows: readonly string[]): readonly string[] {
  const line = columns.split('|').map(() => '---');
  return [`| ${columns} |`, `| ${line.join(' | ')} |`, ...rows.map((row) => `| ${row} |`)];
}

function listed(counts: Readonly<Record<string, number>> = {}): string {
  return Object.entries(counts)
    .map(([operator, count]) => (count === 1 ? operator : `${count} ${operator}`))
    .join(', ');
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
  return line.length > 160 ? `${line.slice(0, 160)}…` : line;
}
