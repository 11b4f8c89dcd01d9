import { dtypes as allDTypes, dtypeBits, elementCount } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reals } from '../../tensor/reals.ts';
import { dtypes } from './dtypes.ts';
import { broadcastableShapes, shapes } from './shapes.ts';
import { tensors } from './tensors.ts';

test('element types come by class, by name, or all', () => {
  const drawn = (arbitrary: fc.Arbitrary<string>) => new Set(fc.sample(arbitrary, { seed: 1, numRuns: 500 }));
  expect(drawn(dtypes()).size).toBe(allDTypes.length);
  expect(drawn(dtypes('integer', 'bool'))).not.toContain('float32');
  expect(drawn(dtypes('float64', 'int8'))).toEqual(new Set(['float64', 'int8']));
});

test('shapes keep to their rank and size, and have zeros only if asked', () => {
  fc.assert(
    fc.property(shapes({ rank: [1, 3], maxSize: 5 }), (dims) => {
      expect(dims.length).toBeGreaterThanOrEqual(1);
      expect(dims.length).toBeLessThanOrEqual(3);
      for (const d of dims) expect(d >= 1 && d <= 5).toBe(true);
    }),
  );
  const zeros = fc.sample(shapes({ rank: 3, zero: true }), { seed: 1, numRuns: 100 });
  expect(zeros.some((dims) => dims.includes(0))).toBe(true);
});

test('shapes that broadcast do so to the shape that is said', () => {
  fc.assert(
    fc.property(broadcastableShapes(3, { zero: true }), ({ shapes: made, result }) => {
      expect(made).toHaveLength(3);
      for (const dims of made) {
        expect(dims.length).toBeLessThanOrEqual(result.length);
        dims.forEach((d, i) => {
          const whole = result[i + result.length - dims.length];
          expect(d === whole || d === 1).toBe(true);
        });
      }
    }),
  );
});

test.each(allDTypes)('tensors of %s have as many elements as their shape says', (dtype) => {
  fc.assert(
    fc.property(tensors({ dtype, dims: { maxSize: 3, zero: true } }), (array) => {
      expect(array.dtype).toBe(dtype);
      expect(array.size).toBe(elementCount(array.dims));
    }),
    { numRuns: 20 },
  );
});

test('adversarial tensors meet NaN, infinities, -0, subnormal and largest numbers, and the ends of integers', () => {
  const floats = fc.sample(tensors({ dtype: 'float32', dims: [40] }), { seed: 3, numRuns: 50 });
  const seen = new Set(
    floats.flatMap((array) =>
      Array.from(reals(array), (x): number | string => (Object.is(x, -0) ? '-0' : x)),
    ),
  );
  for (const x of [Number.NaN, Number.POSITIVE_INFINITY, '-0', 2 ** -149, 3.4028234663852886e38]) {
    expect(seen.has(x)).toBe(true);
  }
  const longs = fc.sample(tensors({ dtype: 'int64', dims: [40] }), { seed: 3, numRuns: 50 });
  const ends = new Set(longs.flatMap(({ data }) => (data instanceof BigInt64Array ? [...data] : [])));
  for (const x of [-(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n]) expect(ends.has(x)).toBe(true);
});

test('plain tensors are small whole and half numbers that every type holds', () => {
  fc.assert(
    fc.property(tensors({ dtype: dtypes('float16', 'int8'), dims: [8], style: 'plain' }), (array) => {
      expect(dtypeBits(array.dtype)).toBeLessThanOrEqual(16);
      for (const x of reals(array)) expect(Math.abs(x)).toBeLessThanOrEqual(8);
    }),
  );
});

test('a tensor shrinks to zeros but for the element that matters', () => {
  const found = fc.check(
    fc.property(
      tensors({ dtype: 'float32', dims: { rank: 2 } }),
      (array) => !Array.from(reals(array)).includes(3),
    ),
    { seed: 5, numRuns: 2000 },
  );
  const [smallest] = found.counterexample ?? [];
  const elements = smallest ? Array.from(reals(smallest)) : [];
  expect(elements.filter((x) => x === 3)).toHaveLength(1);
  expect(elements.filter((x) => x !== 0 && x !== 3)).toEqual([]);
});
