import { alg, Graph } from '@dagrejs/graphlib';
import { RefoldError } from '@refold/ir';
import type { Pass } from './pass.ts';

/**
 * Passes in an order that respects what each declares to come after; otherwise as listed.
 * Throws when declarations form a cycle, naming it.
 */
export function orderPasses(passes: readonly Pass[]): readonly Pass[] {
  const byName = new Map(passes.map((p) => [p.name, p]));
  const graph = new Graph({ directed: true });
  for (const pass of passes) graph.setNode(pass.name);
  for (const pass of passes) {
    for (const earlier of pass.after ?? []) if (byName.has(earlier)) graph.setEdge(earlier, pass.name);
  }
  const cycle = alg.findCycles(graph)[0];
  if (cycle) {
    throw new RefoldError('internal/bug', `passes wait for each other: ${[...cycle, cycle[0]].join(' -> ')}`);
  }
  // Kahn's algorithm, taking the first free pass of the list each time, keeps the written order stable.
  const waiting = new Map(passes.map((p) => [p.name, graph.inEdges(p.name)?.length ?? 0]));
  const ordered: Pass[] = [];
  const rest = [...passes];
  while (rest.length > 0) {
    const at = rest.findIndex((p) => waiting.get(p.name) === 0);
    const [next] = rest.splice(Math.max(at, 0), 1);
    if (!next) break;
    ordered.push(next);
    for (const edge of graph.outEdges(next.name) ?? []) waiting.set(edge.w, (waiting.get(edge.w) ?? 1) - 1);
  }
  return ordered;
}
