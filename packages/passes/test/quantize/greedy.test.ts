import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Constraint, formClasses, Histogram, type Point } from '../../src/index.ts';

const POINTS = 8;
const CAP = 16;

interface Graph {
  readonly widths: readonly number[];
  readonly edges: readonly (readonly [number, number])[];
}

/** Eight tensors with ranges over several powers of ten, and edges between which a shared scale would be well. */
const graphs: fc.Arbitrary<Graph> = fc.record({
  widths: fc.array(
    fc.integer({ min: -200, max: 200 }).map((e) => 10 ** (e / 100)),
    {
      minLength: POINTS,
      maxLength: POINTS,
    },
  ),
  edges: fc.array(fc.tuple(fc.nat({ max: POINTS - 1 }), fc.nat({ max: POINTS - 1 })), {
    minLength: 6,
    maxLength: 14,
  }),
});

/** As peers do it: unites along edges as they come, as long as no range becomes more than 16 times wider. */
function greedy({ widths, edges }: Graph): string {
  const classOf = widths.map((_, i) => i);
  const members = (c: number): readonly number[] => classOf.flatMap((d, i) => (c === d ? [i] : []));
  for (const [a, b] of edges) {
    const [x, y] = [classOf[a] ?? 0, classOf[b] ?? 0];
    const all = [...members(x), ...members(y)].map((i) => widths[i] ?? 0);
    if (Math.max(...all) > CAP * Math.min(...all)) continue;
    classOf.forEach((c, i) => {
      if (c === y) classOf[i] = x;
    });
  }
  return widths.map((_, i) => members(classOf[i] ?? 0).join()).join(' ');
}

const points: readonly Point[] = Array.from({ length: POINTS }, (_, i) => ({ key: `v${i}`, value: `v${i}` }));

function united({ widths, edges }: Graph): string {
  const constraints = edges.map(
    ([a, b]): Constraint => ({
      kind: 'prefer',
      a: `v${a}`,
      b: `v${b}`,
      gain: 1,
      origin: { rule: 'edge', at: `v${a}` },
    }),
  );
  const statistics = new Map(
    widths.map((w, i): [string, Histogram] => [`v${i}`, Histogram.of([-w, -w / 3, w / 3, w])]),
  );
  return formClasses(points, constraints, statistics)
    .classes.map((c) => c.points.map((p) => p.key).join())
    .join(' ');
}

test('E12: the order of edges decides what a greedy union gives in about half of all graphs, and never what this one does', () => {
  const cases = fc.sample(graphs, { numRuns: 2_000, seed: 12, unbiased: true });
  let dependent = 0;
  for (const graph of cases) {
    const other = { ...graph, edges: graph.edges.toReversed() };
    if (greedy(graph) !== greedy(other)) dependent += 1;
    expect(united(other)).toBe(united(graph));
  }
  // A peer: 1,082 of 2,000, with graphs drawn otherwise.
  expect(dependent).toBeGreaterThan(400);
});
