import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../statistics/histogram.ts';
import type { Constraint, Point } from './constraint.ts';
import { conflictOf, type Demand, joinDemands, noDemand, setOfTypes } from './demand.ts';
import { type Classes, formClasses } from './form-classes.ts';
import type { Grain } from './grain.ts';

const COUNT = 10;
const keys = Array.from({ length: COUNT }, (_, i) => `v${i}`);
const points: readonly Point[] = keys.map((key) => ({ key, value: key }));
const key = fc.constantFrom(...keys);
const origin = { rule: 'rule', at: 'node' };

const same = fc.tuple(key, key).map(([a, b]): Constraint => ({ kind: 'same', a, b, edge: true, origin }));
const prefer = fc
  .tuple(key, key, fc.nat({ max: 2 }))
  .map(([a, b, gain]): Constraint => ({ kind: 'prefer', a, b, gain, origin }));
const grain = fc.oneof(
  fc.constant<Grain>({ kind: 'any' }),
  fc.constant<Grain>({ kind: 'tensor' }),
  fc.record({ kind: fc.constant('axis' as const), axis: fc.nat({ max: 2 }) }),
  fc.record({
    kind: fc.constant('block' as const),
    axis: fc.nat({ max: 2 }),
    size: fc.integer({ min: 1, max: 64 }),
  }),
);
const fixed = fc.option(
  fc.integer({ min: -3, max: 3 }).map((e) => ({
    format: { dtype: 'int8', symmetric: true, powerOfTwo: false, narrow: false } as const,
    scale: 2 ** e,
    zeroPoint: 0,
  })),
  { nil: undefined },
);
const demand: fc.Arbitrary<Demand> = fc.record({
  types: fc.integer({ min: 1, max: 63 }),
  symmetric: fc.boolean(),
  powerOfTwo: fc.boolean(),
  narrow: fc.boolean(),
  grain,
  fixed,
});
const family = fc
  .tuple(key, demand)
  .map(([point, d]): Constraint => ({ kind: 'family', point, demand: d, origin }));
const barrier = key.map((point): Constraint => ({ kind: 'barrier', point, origin }));

/** A range for each value, over seven powers of ten. */
const statistics = fc
  .array(
    fc.integer({ min: -400, max: 300 }).map((e) => e / 100),
    { minLength: COUNT, maxLength: COUNT },
  )
  .map(
    (logs) => new Map(logs.map((log, i): [string, Histogram] => [`v${i}`, Histogram.of(spread(10 ** log))])),
  );

function spread(reach: number): Float32Array {
  return Float32Array.from({ length: 301 }, (_, i) => ((i - 150) / 150) * reach);
}

const partition = (c: Classes): readonly (readonly string[])[] =>
  c.classes.map((q) => q.points.map((p) => p.key));

test('demands are a semilattice: order and repetition do not matter', () => {
  fc.assert(
    fc.property(demand, demand, demand, (a, b, c) => {
      expect(joinDemands(a, b)).toEqual(joinDemands(b, a));
      expect(joinDemands(joinDemands(a, b), c)).toEqual(joinDemands(a, joinDemands(b, c)));
      expect(joinDemands(a, a)).toEqual(a);
      expect(joinDemands(a, noDemand)).toEqual(a);
    }),
  );
});

test('classes are the smallest that `same` leaves (P1)', () => {
  fc.assert(
    fc.property(fc.array(same, { maxLength: 12 }), statistics, (constraints, seen) => {
      const formed = formClasses(points, constraints, seen);
      // The closure, worked out by repeated spreading.
      const label = new Map(keys.map((k, i) => [k, i]));
      for (let round = 0; round < COUNT; round += 1) {
        for (const c of constraints) {
          if (c.kind !== 'same') continue;
          const least = Math.min(label.get(c.a) ?? 0, label.get(c.b) ?? 0);
          label.set(c.a, least);
          label.set(c.b, least);
        }
      }
      const expected = keys.map((_, i) => keys.filter((k) => label.get(k) === i)).filter((g) => g.length > 0);
      expect(partition(formed)).toEqual(expected);
    }),
  );
});

test('the order of points and constraints does not matter (P2; a peer: 1,082 of 2,000 partitions depend on it)', () => {
  const constraints = fc.array(fc.oneof(same, prefer, prefer, family, barrier), { maxLength: 16 });
  fc.assert(
    fc.property(constraints, statistics, fc.func(fc.nat()), (list, seen, rank) => {
      const shuffled = list
        .map((c, i) => ({ c, r: rank(i) }))
        .sort((a, b) => a.r - b.r)
        .map(({ c }) => c);
      const sortedDiagnostics = (c: Classes): unknown =>
        [...c.diagnostics].map((d) => JSON.stringify([d.code, d.at, d.message])).sort();
      const [one, other] = [
        formClasses(points, list, seen),
        formClasses([...points].reverse(), shuffled, seen),
      ];
      expect(other.classes).toEqual(one.classes);
      expect(sortedDiagnostics(other)).toEqual(sortedDiagnostics(one));
    }),
  );
});

test('no class has a conflict; a cut cannot be put back', () => {
  const constraints = fc.array(fc.oneof(same, same, family), { maxLength: 20 });
  fc.assert(
    fc.property(constraints, statistics, (list, seen) => {
      const formed = formClasses(points, list, seen);
      const demandOf = (members: ReadonlySet<string>): Demand =>
        list.reduce(
          (d, c) => (c.kind === 'family' && members.has(c.point) ? joinDemands(d, c.demand) : d),
          noDemand,
        );
      const setAt = new Map(
        formed.classes.flatMap((c) => c.points.map((p) => [p.key, new Set(c.points.map((q) => q.key))])),
      );
      for (const members of setAt.values()) expect(conflictOf(demandOf(members))).toBeUndefined();
      for (const c of list) {
        if (c.kind !== 'same') continue;
        const [a, b] = [setAt.get(c.a), setAt.get(c.b)];
        if (!a || !b || a.has(c.b)) continue;
        expect(conflictOf(demandOf(new Set([...a, ...b])))).toBeDefined();
      }
    }),
  );
});

test('the scale of a class is no finer than that of any member, and its range holds theirs (P6, P19)', () => {
  fc.assert(
    fc.property(fc.array(same, { maxLength: 12 }), statistics, (constraints, seen) => {
      const alone = formClasses(points, [], seen);
      const scaleAlone = new Map(alone.classes.map((c) => [c.name, c.theta.scale]));
      for (const { theta, members } of formClasses(points, constraints, seen).classes) {
        for (const { value, range, loss } of members) {
          expect(theta.scale).toBeGreaterThanOrEqual(scaleAlone.get(value) ?? 0);
          expect((7 - theta.zeroPoint + 0.5) * theta.scale).toBeGreaterThanOrEqual(range.max * 0.999_999);
          expect((-8 - theta.zeroPoint - 0.5) * theta.scale).toBeLessThanOrEqual(range.min * 0.999_999);
          expect(loss).toBeLessThanOrEqual(1.000_001 + 1e-6);
        }
      }
    }),
  );
});

test('a preference never starves a member; a rule that does is reported with a way out (P13)', () => {
  const int8 = { ...noDemand, types: setOfTypes(['int8']) };
  const families = keys.map((point): Constraint => ({ kind: 'family', point, demand: int8, origin }));
  fc.assert(
    fc.property(
      fc.array(prefer, { maxLength: 12 }),
      fc.array(same, { maxLength: 3 }),
      statistics,
      (wishes, rules, seen) => {
        const preferred = formClasses(points, [...families, ...wishes], seen);
        for (const { members } of preferred.classes)
          for (const m of members) expect(m.levels).toBeGreaterThanOrEqual(16);
        const ruled = formClasses(points, [...families, ...rules], seen);
        for (const { members } of ruled.classes) {
          for (const m of members) {
            if (m.levels >= 16) continue;
            expect(ruled.diagnostics.some((d) => d.code === 'starved' && d.at === m.value)).toBe(true);
            expect(m.step).toEqual({ step: 'leave-out' });
          }
        }
      },
    ),
  );
});

test('a chain of 100,000 points is one class, formed without recursion', () => {
  const many = Array.from({ length: 100_000 }, (_, i): Point => ({ key: `p${i}`, value: 'v' }));
  const chain = many
    .slice(1)
    .map((p, i): Constraint => ({ kind: 'same', a: `p${i}`, b: p.key, edge: true, origin }));
  const formed = formClasses(many, chain, new Map([['v', Histogram.of([1])]]));
  expect(formed.classes.length).toBe(1);
});
