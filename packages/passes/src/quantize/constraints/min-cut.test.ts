import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Network, SINK, SOURCE } from './min-cut.ts';

type Edge = readonly [from: number, to: number, capacity: number];

const SIZE = 8;
const edges = fc.array(
  fc.tuple(
    fc.nat({ max: SIZE - 1 }),
    fc.nat({ max: SIZE - 1 }),
    fc.oneof(fc.integer({ min: 1, max: 5 }), fc.constant(Number.POSITIVE_INFINITY)),
  ),
  { maxLength: 20 },
);

function cutOf(list: readonly Edge[], size = SIZE): readonly boolean[] {
  const network = new Network(size);
  for (const [from, to, capacity] of list) network.connect(from, to, capacity);
  return network.minimumCut();
}

const cost = (list: readonly Edge[], side: readonly boolean[]): number =>
  list.reduce((sum, [from, to, capacity]) => (side[from] && !side[to] ? sum + capacity : sum), 0);

/** All ways to keep the sink from the source. */
const sides = Array.from({ length: 2 ** (SIZE - 2) }, (_, bits) => [
  true,
  false,
  ...Array.from({ length: SIZE - 2 }, (_, i) => ((bits >> i) & 1) === 1),
]);

test('no cut costs less, and of those that cost as little none leaves more with the source', () => {
  fc.assert(
    fc.property(edges, (list) => {
      const found = cutOf(list);
      const least = Math.min(...sides.map((side) => cost(list, side)));
      if (least === Number.POSITIVE_INFINITY) return;
      expect([found[SOURCE], found[SINK], cost(list, found)]).toEqual([true, false, least]);
      for (const side of sides) {
        if (cost(list, side) === least) expect(side.every((with_, v) => !with_ || found[v])).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});

test('the order of edges does not matter', () => {
  fc.assert(
    fc.property(edges, (list) => {
      if (cost(list, cutOf(list)) === Number.POSITIVE_INFINITY) return;
      expect(cutOf(list.toReversed())).toEqual(cutOf(list));
    }),
  );
});

test('a chain of many vertices is cut where it is thinnest', () => {
  const length = 100_000;
  const thin = 70_000;
  const chain = Array.from({ length }, (_, i): Edge => {
    const [from, to] = [i === 0 ? SOURCE : i + 1, i === length - 1 ? SINK : i + 2];
    return [from, to, i === thin ? 1 : 2];
  });
  const found = cutOf(chain, length + 1);
  expect(found.filter((side) => side).length).toBe(thin + 1);
});
