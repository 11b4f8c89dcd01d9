import { InternalError } from '@refold/ir';
import type { Constraint, Exclude, Fixed, Origin, Point, Prefer } from './constraint.ts';
import { type Demand, joinDemands, noDemand } from './demand.ts';
import { type Diagnostic, distinctOrigins } from './diagnostic.ts';

/** Two points, by number, that a constraint binds together; `a < b`. */
export interface Bond {
  readonly a: number;
  readonly b: number;
  readonly edge: boolean;
  readonly origin: Origin;
}

export interface Wish extends Bond {
  readonly gain: number;
}

/** Points and constraints by number, in an order that depends on keys alone. */
export interface System {
  /** In the order of their keys. */
  readonly points: readonly Point[];
  readonly bonds: readonly Bond[];
  readonly wishes: readonly Wish[];
  /** What each point asks for by itself. */
  readonly demands: readonly Demand[];
  /** Who asks, by point. */
  readonly askers: ReadonlyMap<number, readonly Origin[]>;
  /** Points that are in no class: they stay floats, or follow from others. */
  readonly outside: ReadonlySet<number>;
  readonly passive: ReadonlySet<number>;
  readonly exclusions: readonly Exclude[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Sorts and numbers points and constraints, and lets go of what touches points that stay floats. */
export function systemOf(all: readonly Point[], constraints: readonly Constraint[]): System {
  const points = [...new Map(all.map((p) => [p.key, p])).values()].sort(byKey);
  const numbers = new Map(points.map((p, i) => [p.key, i]));
  const numberOf = (key: string): number => {
    const number = numbers.get(key);
    if (number === undefined) throw new InternalError(`no point has the key '${key}'`);
    return number;
  };
  const outside = outsideOf(points, constraints, numberOf);
  const bonds: Bond[] = [];
  const wishes: Wish[] = [];
  const passive = new Set<number>();
  const demands: Demand[] = points.map(() => noDemand);
  const askers = new Map<number, Origin[]>();
  const ask = (point: number, demand: Demand, origin: Origin): void => {
    demands[point] = joinDemands(demands[point] ?? noDemand, demand);
    askers.set(point, [...(askers.get(point) ?? []), origin]);
  };
  for (const c of constraints) {
    if (c.kind === 'same') bonds.push(bondOf(numberOf(c.a), numberOf(c.b), c.edge ?? false, c.origin));
    if (c.kind === 'prefer') wishes.push(wishOf(c, numberOf));
    if (c.kind === 'family') ask(numberOf(c.point), c.demand, c.origin);
    if (c.kind === 'fixed') ask(numberOf(c.point), demandOfFixed(c), c.origin);
    if (c.kind === 'passive') {
      passive.add(numberOf(c.point));
      bonds.push(bondOf(numberOf(c.point), numberOf(c.data), false, c.origin));
    }
  }
  const broken = brokenRules(bonds, outside);
  return {
    points,
    bonds: bonds.filter((b) =>
      b.edge ? !outside.has(b.a) && !outside.has(b.b) : !broken.has(ruleKey(b.origin)),
    ),
    wishes: wishes.filter((w) => !outside.has(w.a) && !outside.has(w.b)),
    demands,
    askers,
    outside,
    passive,
    exclusions: constraints.filter((c) => c.kind === 'exclude'),
    diagnostics: distinctOrigins([...broken.values()]).map(barrierDiagnostic),
  };
}

function byKey(a: Point, b: Point): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function bondOf(a: number, b: number, edge: boolean, origin: Origin): Bond {
  return { a: Math.min(a, b), b: Math.max(a, b), edge, origin };
}

function wishOf(c: Prefer, numberOf: (key: string) => number): Wish {
  return { ...bondOf(numberOf(c.a), numberOf(c.b), c.edge ?? false, c.origin), gain: c.gain };
}

function demandOfFixed(c: Fixed): Demand {
  return { ...noDemand, fixed: c.theta };
}

/** Points with a barrier, all uses of definitions with one, and points whose scale is derived. */
function outsideOf(
  points: readonly Point[],
  constraints: readonly Constraint[],
  numberOf: (key: string) => number,
): ReadonlySet<number> {
  const outside = new Set<number>();
  const floats = new Set<string>();
  for (const c of constraints) {
    if (c.kind !== 'barrier' && c.kind !== 'derived') continue;
    const number = numberOf(c.point);
    outside.add(number);
    const point = points[number];
    if (c.kind === 'barrier' && point && !point.use) floats.add(point.value);
  }
  points.forEach((point, i) => {
    if (floats.has(point.value)) outside.add(i);
  });
  return outside;
}

/** Rules of which some point is in no class: such a node runs on floats, and the rule binds nothing. */
function brokenRules(bonds: readonly Bond[], outside: ReadonlySet<number>): ReadonlyMap<string, Origin> {
  const broken = new Map<string, Origin>();
  for (const { a, b, edge, origin } of bonds) {
    if (!edge && (outside.has(a) || outside.has(b))) broken.set(ruleKey(origin), origin);
  }
  return broken;
}

function ruleKey({ rule, at }: Origin): string {
  return `${rule}\u0000${at}`;
}

function barrierDiagnostic(origin: Origin): Diagnostic {
  return {
    code: 'barrier',
    at: origin.at,
    message: `${origin.rule} does not bind '${origin.at}', some operand or result of which stays a float`,
    origins: [origin],
  };
}
