import { minMax } from '../observers/min-max.ts';
import type { Histogram } from '../statistics/histogram.ts';
import { codeTypes } from '../theta/format.ts';
import { close } from './close.ts';
import { type Constraint, type Derived, ONE_VALUE, type Origin, type Point } from './constraint.ts';
import { noDemand } from './demand.ts';
import { type Diagnostic, distinctOrigins } from './diagnostic.ts';
import { chooseFormat } from './format-choice.ts';
import { maskedStatistics } from './masks.ts';
import { classOf, type QuantizedClass, type Settings } from './quantized-class.ts';
import { joinSpreads, noSpread, type Spread, spreadOf } from './spread.ts';
import { type System, systemOf } from './system.ts';
import { defaultTolerance, preferenceTolerance } from './tolerance.ts';
import { unitePreferred } from './unite.ts';

/** What was seen of each value, by its key. */
export type Statistics = ReadonlyMap<string, Histogram>;

/** How classes are formed; `types` are types of codes, best first. By default nothing is clipped or scaled. */
export type ClassOptions = Partial<Settings>;

/** A partition of points: one scale (float32) and zero point (in codes) for each class. */
export interface Classes {
  /** In the order of their names. */
  readonly classes: readonly QuantizedClass[];
  /** In the order of their points. */
  readonly derived: readonly Derived[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Partitions points into classes, and chooses one scale and zero point for each from what all members hold. The
 * result depends on keys, constraints and statistics, not on the order in which they come.
 */
export function formClasses(
  points: readonly Point[],
  constraints: readonly Constraint[],
  statistics: Statistics,
  options: ClassOptions = {},
): Classes {
  const settings: Settings = {
    observer: options.observer ?? minMax,
    tolerance: options.tolerance ?? defaultTolerance,
    preference: options.preference ?? preferenceTolerance,
    types: options.types ?? codeTypes,
    requantizes: options.requantizes ?? false,
    widens: options.widens ?? false,
    scalable: options.scalable ?? (() => false),
  };
  const system = systemOf(points, constraints);
  const closure = close(system);
  const rootOf = (point: number): number => closure.sets.rootOf(point);
  const seen = maskedStatistics(statistics, system.exclusions);
  const refusals = unitePreferred(
    system,
    closure,
    spreadsOf(system, rootOf, closure.demands, seen, settings),
    (demand) => chooseFormat(demand, settings.types),
  );
  const rules = rulesByRoot(system, rootOf);
  const made = [...groupsOf(system, rootOf)].map(([root, group]) => {
    const values = countedValues(system, group);
    const known = values.flatMap((v): [string, Histogram][] => {
      const histogram = seen.get(v);
      return histogram ? [[v, histogram]] : [];
    });
    return classOf(
      {
        points: group.flatMap((i) => system.points[i] ?? []),
        demand: closure.demands[root] ?? noDemand,
        seen: new Map(known),
        unseen: values.filter((v) => !seen.has(v)),
        rules: rules.get(root) ?? [],
      },
      settings,
    );
  });
  return {
    classes: made.flatMap((m) => m.class ?? []),
    derived: constraints.filter((c) => c.kind === 'derived').sort((a, b) => (a.point < b.point ? -1 : 1)),
    diagnostics: [
      ...system.diagnostics,
      ...closure.diagnostics,
      ...refusals,
      ...made.flatMap((m) => m.diagnostics),
    ],
  };
}

/** The points of each class, roots and points in the order of their keys. */
function groupsOf(
  { points, outside }: System,
  rootOf: (point: number) => number,
): ReadonlyMap<number, readonly number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < points.length; i += 1) {
    if (outside.has(i)) continue;
    const root = rootOf(i);
    const group = groups.get(root);
    if (group) group.push(i);
    else groups.set(root, [i]);
  }
  return groups;
}

/** Values whose numbers count: not those that are read as passive parameters only. */
function countedValues({ points, passive, outside }: System, group: readonly number[]): readonly string[] {
  const values = new Set<string>();
  const parameters = new Set<string>();
  for (const i of group) {
    const point = points[i];
    if (!point || outside.has(i)) continue;
    if (passive.has(i)) parameters.add(point.value);
    else if (point.use) values.add(point.value);
  }
  // A definition counts unless all that is known of its uses is that they are passive.
  for (const i of group) {
    const point = points[i];
    if (point && !point.use && !parameters.has(point.value)) values.add(point.value);
  }
  return [...values].sort();
}

/** What the members of each class hold together, for classes that may grow. */
function spreadsOf(
  system: System,
  rootOf: (point: number) => number,
  demands: readonly (typeof noDemand)[],
  seen: Statistics,
  { types, tolerance, preference }: Settings,
): Map<number, Spread> {
  const wanted = new Set(system.wishes.flatMap(({ a, b }) => [rootOf(a), rootOf(b)]));
  const spreads = new Map<number, Spread>();
  for (const [root, group] of groupsOf(system, rootOf)) {
    if (!wanted.has(root)) continue;
    const format = chooseFormat(demands[root] ?? noDemand, types);
    let spread = noSpread;
    for (const value of countedValues(system, group)) {
      const histogram = seen.get(value);
      if (histogram)
        spread = joinSpreads(spread, spreadOf(histogram, format, { edge: tolerance, node: preference }));
    }
    spreads.set(root, spread);
  }
  return spreads;
}

/** The rules that hold between points of each class; that a use reads its definition goes without saying. */
function rulesByRoot(
  { bonds, wishes }: System,
  rootOf: (point: number) => number,
): ReadonlyMap<number, readonly Origin[]> {
  const found = new Map<number, Origin[]>();
  const note = (point: number, origin: Origin): void => {
    const list = found.get(rootOf(point));
    if (list) list.push(origin);
    else found.set(rootOf(point), [origin]);
  };
  for (const { a, b, edge, origin } of bonds) if (!edge && rootOf(a) === rootOf(b)) note(a, origin);
  for (const { a, b, origin } of wishes)
    if (origin.rule !== ONE_VALUE && rootOf(a) === rootOf(b)) note(a, origin);
  return new Map([...found].map(([root, origins]) => [root, distinctOrigins(origins)]));
}
