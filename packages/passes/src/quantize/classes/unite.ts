import type { Format } from '../theta/format.ts';
import { type Closure, joinUnlessConflict } from './close.ts';
import { type Demand, joinDemands, noDemand } from './demand.ts';
import type { Diagnostic } from './diagnostic.ts';
import { distance, joinSpreads, mayJoin, noSpread, type Spread } from './spread.ts';
import type { System, Wish } from './system.ts';

/**
 * Unites classes that had better be one, as long as no member loses too much by it. Candidates are taken by gain,
 * then by how much the ranges of the closed classes differ, then by keys: never in the order of the graph, on which
 * the outcome would depend.
 *
 * @param spreads by root of the closed classes; kept up to date.
 */
export function unitePreferred(
  { points, wishes }: System,
  { sets, demands }: Closure,
  spreads: Map<number, Spread>,
  formatOf: (demand: Demand) => Format,
): readonly Diagnostic[] {
  const spreadAt = (point: number): Spread => spreads.get(sets.rootOf(point)) ?? noSpread;
  const candidates = wishes
    .map((wish) => ({ wish, cost: distance(spreadAt(wish.a), spreadAt(wish.b)) }))
    .sort(
      (x, y) => y.wish.gain - x.wish.gain || x.cost - y.cost || x.wish.a - y.wish.a || x.wish.b - y.wish.b,
    );
  const diagnostics: Diagnostic[] = [];
  for (const { wish } of candidates) {
    const [x, y] = [sets.rootOf(wish.a), sets.rootOf(wish.b)];
    if (x === y) continue;
    const format = formatOf(joinDemands(demands[x] ?? noDemand, demands[y] ?? noDemand));
    if (!mayJoin(spreadAt(x), spreadAt(y), format, wish.edge ? 'edge' : 'node')) {
      diagnostics.push(refusal(points, wish, 'one of them would lose too much'));
      continue;
    }
    const both = joinSpreads(spreadAt(x), spreadAt(y));
    if (joinUnlessConflict(sets, demands, wish)) {
      spreads.set(sets.rootOf(x), both);
    } else {
      diagnostics.push(refusal(points, wish, 'they ask for different things'));
    }
  }
  return diagnostics;
}

function refusal(points: System['points'], { a, b, origin }: Wish, why: string): Diagnostic {
  const [x, y] = [points[a]?.key ?? '', points[b]?.key ?? ''];
  return {
    code: 'refused',
    at: origin.at,
    message: `'${x}' and '${y}' keep scales of their own: ${why}`,
    origins: [origin],
  };
}
