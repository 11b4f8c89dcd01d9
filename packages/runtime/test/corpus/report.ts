import { explanationOf } from './explained.ts';
import type { Outcome } from './judge.ts';

/** Outcomes as a page of text: counts by tier, what is compared loosely, what is different. */
export function pageOf(outcomes: readonly Outcome[]): string {
  const groups = new Map<string, Outcome[]>();
  for (const outcome of outcomes) {
    const name = `${outcome.model.tier} | ${outcome.tier}`;
    const group = groups.get(name) ?? [];
    groups.set(name, group);
    group.push(outcome);
  }
  const lists = (title: string, of: (o: Outcome) => readonly string[]): readonly string[] => {
    const lines = outcomes.flatMap((o) => of(o).map((text) => `| ${nameOf(o)} | ${text} |`));
    return lines.length === 0 ? [] : ['', title, '', '| model, set, tier | |', '| --- | --- |', ...lines];
  };
  return [
    '| models | tier | models | sets | agree | loosely | different | largest distance | processor seconds |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...[...groups].map(([name, group]) => `| ${name} | ${countsOf(group).join(' | ')} |`),
    ...lists('As unsteady as the model itself under one rounding step:', (o) => o.loosely),
    ...lists('Different:', (o) =>
      o.differences.map((text) => `${text}: ${explanationOf(o) ?? 'unexplained'}`),
    ),
    '',
  ].join('\n');
}

export function nameOf({ model, set, tier }: Outcome): string {
  return `${model.tier}/${model.name}, ${set}, ${tier}`;
}

function countsOf(group: readonly Outcome[]): readonly (string | number)[] {
  const steady = group.filter((o) => o.loosely.length + o.differences.length === 0);
  return [
    new Set(group.map((o) => o.model.name)).size,
    group.length,
    steady.length,
    group.filter((o) => o.loosely.length > 0 && o.differences.length === 0).length,
    group.filter((o) => o.differences.length > 0).length,
    Math.max(0, ...steady.map((o) => o.distance).filter(Number.isFinite)).toExponential(1),
    group.reduce((sum, o) => sum + o.seconds, 0).toFixed(0),
  ];
}
