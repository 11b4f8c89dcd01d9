import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leastCount } from './least-count.ts';

test('the least count within the budget, with few measurements', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 70 }), fc.nat({ max: 60 }), (drawn, budget) => {
      const measures = drawn.toSorted((a, b) => b - a);
      const asked: number[] = [];
      const all = Math.max(0, measures.length - 1);
      const measure = (count: number): number => {
        asked.push(count);
        return measures[count] ?? 0;
      };
      const { count, measure: found } = leastCount(all, budget, measure);
      const least = measures.findIndex((m) => m <= budget);
      expect(count).toBe(measures.length === 0 ? 0 : least === -1 ? all : least);
      expect(found).toBe(measures[count] ?? 0);
      expect(asked.length).toBeLessThanOrEqual(3 + Math.ceil(Math.log2(all + 1)));
    }),
  );
});

test('where the measure does not fall, the answer is still enough', () => {
  const measures = [9, 1, 8, 2, 1];
  const { count, measure } = leastCount(4, 3, (n) => measures[n] ?? 0);
  expect(measure).toBeLessThanOrEqual(3);
  expect(measures[count]).toBe(measure);
  expect(leastCount(4, 10, () => 0, 9)).toEqual({ count: 0, measure: 9 });
});
