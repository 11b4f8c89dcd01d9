import type { Origin } from './constraint.ts';
import { conflictOf, type Demand, joinDemands, noDemand } from './demand.ts';
import { type Diagnostic, listOrigins } from './diagnostic.ts';
import type { Bond, System } from './system.ts';
import { DisjointSets } from './union-find.ts';

/** Which points are one class, and what each class asks for. */
export interface Closure {
  readonly sets: DisjointSets;
  /** By root; other entries mean nothing. */
  readonly demands: Demand[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The smallest classes that all `same` constraints leave. Where that gives a class something that nothing can do,
 * it is cut between definitions and uses, at places of which none could be put back; if that does not help, a node
 * is left out.
 */
export function close(system: System): Closure {
  const { points, bonds, demands } = system;
  const whole = new DisjointSets(points.length);
  for (const { a, b } of bonds) whole.unite(a, b);
  const joined = demandsByRoot(whole, demands);
  const torn = (bond: Bond): boolean => conflictOf(joined[whole.rootOf(bond.a)] ?? noDemand) !== undefined;
  const contested = bonds.filter(torn);
  const ownConflicts = conflictsOfPoints(system);
  if (contested.length === 0) return { sets: whole, demands: joined, diagnostics: ownConflicts };

  const sets = new DisjointSets(points.length);
  for (const bond of bonds) if (!torn(bond)) sets.unite(bond.a, bond.b);
  const settled = demandsByRoot(sets, demands);
  const rejected = contested.sort(inOrder).filter((bond) => !joinUnlessConflict(sets, settled, bond));
  const askers = askersByRoot(system, sets);
  // What is rejected may have become one all the same, by way of other points.
  const cuts = rejected.filter(({ a, b }) => sets.rootOf(a) !== sets.rootOf(b));
  const diagnostics = cuts.map((bond) =>
    cutDiagnostic(system, bond, [
      ...(askers.get(sets.rootOf(bond.a)) ?? []),
      ...(askers.get(sets.rootOf(bond.b)) ?? []),
    ]),
  );
  return { sets, demands: settled, diagnostics: [...ownConflicts, ...diagnostics] };
}

/** Unites the classes of two points unless nothing could do what both ask for. */
export function joinUnlessConflict(
  sets: DisjointSets,
  demands: Demand[],
  { a, b }: { readonly a: number; readonly b: number },
): boolean {
  const [x, y] = [sets.rootOf(a), sets.rootOf(b)];
  const both = joinDemands(demands[x] ?? noDemand, demands[y] ?? noDemand);
  if (conflictOf(both) !== undefined) return false;
  sets.unite(x, y);
  demands[sets.rootOf(x)] = both;
  return true;
}

function demandsByRoot(sets: DisjointSets, demands: readonly Demand[]): Demand[] {
  const joined = demands.map(() => noDemand);
  demands.forEach((demand, i) => {
    const root = sets.rootOf(i);
    joined[root] = joinDemands(joined[root] ?? noDemand, demand);
  });
  return joined;
}

/** What binds operands of a node first: it cannot be cut without leaving the node out. */
function inOrder(x: Bond, y: Bond): number {
  return Number(x.edge) - Number(y.edge) || x.a - y.a || x.b - y.b;
}

function askersByRoot({ askers }: System, sets: DisjointSets): ReadonlyMap<number, readonly Origin[]> {
  const found = new Map<number, Origin[]>();
  for (const [point, origins] of askers) {
    const root = sets.rootOf(point);
    const list = found.get(root);
    if (list) list.push(...origins);
    else found.set(root, [...origins]);
  }
  return found;
}

function conflictsOfPoints({ points, demands, askers }: System): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  points.forEach((point, i) => {
    const reason = conflictOf(demands[i] ?? noDemand);
    if (reason === undefined) return;
    const origins = askers.get(i) ?? [];
    const message = `'${point.key}' is left out: ${listOrigins(origins)} contradict each other (${reason})`;
    found.push({ code: 'conflict', at: point.key, message, origins });
  });
  return found;
}

function cutDiagnostic({ points }: System, bond: Bond, askers: readonly Origin[]): Diagnostic {
  const [a, b] = [points[bond.a]?.key ?? '', points[bond.b]?.key ?? ''];
  const origins = [bond.origin, ...askers];
  const why = listOrigins(askers);
  return bond.edge
    ? { code: 'cut', at: b, message: `'${a}' is requantized at '${b}', because of ${why}`, origins }
    : {
        code: 'conflict',
        at: bond.origin.at,
        message: `${bond.origin.rule} at '${bond.origin.at}' cannot hold, because of ${why}`,
        origins,
      };
}
