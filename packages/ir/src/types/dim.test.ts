import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Dim, dimKey, symbolDim } from './dim.ts';
import { addDims, ceilDivDims, exactDiv, floorDivDims, modDims, mulDims, subDims } from './dim-arithmetic.ts';
import { dimRange, maxDims, minDims, sameDim } from './dim-bounds.ts';
import { broadcastShapes, printShape } from './shape.ts';

/** A dimension made twice in the same way: as a polynomial, and as what it is for given sizes of the symbols. */
interface Made {
  readonly dim: Dim;
  at(sizes: Sizes): number;
}

type Sizes = readonly [number, number, number];

const names = ['h', 'n', 'w'];
const sizes: fc.Arbitrary<Sizes> = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9));

const symbol: fc.Arbitrary<Made> = fc.nat(2).map((i) => ({
  dim: symbolDim(names[i] ?? ''),
  at: (s) => s[i] ?? 0,
}));
const number: fc.Arbitrary<Made> = fc.integer({ min: -3, max: 5 }).map((k) => ({ dim: k, at: () => k }));

const floorDiv = (a: number, b: number): number => Math.floor(a / b);
const positive = fc.integer({ min: 1, max: 4 });

/** Sums, products, quotients and bounds of symbols and numbers. */
const { made } = fc.letrec<{ made: Made }>((tie) => {
  const two = fc.tuple(tie('made'), tie('made'));
  const binary = (op: (a: Dim, b: Dim) => Dim, of: (a: number, b: number) => number): fc.Arbitrary<Made> =>
    two.map(([a, b]) => ({ dim: op(a.dim, b.dim), at: (s) => of(a.at(s), b.at(s)) }));
  const byNumber = (op: (a: Dim, b: Dim) => Dim, of: (a: number, b: number) => number): fc.Arbitrary<Made> =>
    fc.tuple(tie('made'), positive).map(([a, k]) => ({ dim: op(a.dim, k), at: (s) => of(a.at(s), k) }));
  return {
    made: fc.oneof(
      { maxDepth: 4 },
      symbol,
      number,
      binary(addDims, (a, b) => a + b),
      binary(subDims, (a, b) => a - b),
      binary(mulDims, (a, b) => a * b),
      binary(minDims, Math.min),
      binary(maxDims, Math.max),
      byNumber(floorDivDims, floorDiv),
      byNumber(ceilDivDims, (a, k) => Math.ceil(a / k)),
      byNumber(modDims, (a, k) => a - k * floorDiv(a, k)),
    ),
  };
});

/** Polynomials without the integer functions. */
const { polynomial } = fc.letrec<{ polynomial: Made }>((tie) => {
  const two = fc.tuple(tie('polynomial'), tie('polynomial'));
  return {
    polynomial: fc.oneof(
      { maxDepth: 3 },
      symbol,
      number,
      two.map(([a, b]) => ({ dim: addDims(a.dim, b.dim), at: (s: Sizes) => a.at(s) + b.at(s) })),
      two.map(([a, b]) => ({ dim: mulDims(a.dim, b.dim), at: (s: Sizes) => a.at(s) * b.at(s) })),
    ),
  };
});

const isKnown = (dim: Dim): boolean => !dimKey(dim).includes('\n');

test('a dimension has its bounds for all sizes of the symbols', () => {
  fc.assert(
    fc.property(made, sizes, ({ dim, at }, s) => {
      fc.pre(isKnown(dim));
      const { lo, hi } = dimRange(dim);
      expect(at(s)).toBeGreaterThanOrEqual(lo);
      expect(at(s)).toBeLessThanOrEqual(hi);
    }),
  );
});

test('what is called the same is the same for all sizes, what is called different is so for all', () => {
  fc.assert(
    fc.property(made, made, sizes, (a, b, s) => {
      fc.pre(isKnown(a.dim) && isKnown(b.dim));
      const same = sameDim(a.dim, b.dim);
      if (same === 'yes') expect(a.at(s) === b.at(s)).toBe(true);
      if (same === 'no') expect(a.at(s) === b.at(s)).toBe(false);
    }),
  );
});

test('a dimension that turns out to be a number is that number for all sizes', () => {
  fc.assert(
    fc.property(made, sizes, ({ dim, at }, s) => {
      fc.pre(typeof dim === 'number');
      expect(at(s) === dim).toBe(true);
    }),
  );
});

test('equal polynomials have one form, however they were made', () => {
  fc.assert(
    fc.property(polynomial, polynomial, polynomial, (a, b, c) => {
      const left = mulDims(a.dim, addDims(b.dim, c.dim));
      const right = addDims(mulDims(c.dim, a.dim), mulDims(b.dim, a.dim));
      fc.pre(isKnown(left) && isKnown(right));
      expect(dimKey(left)).toBe(dimKey(right));
    }),
  );
});

test('a product is divided exactly by each of its factors', () => {
  fc.assert(
    fc.property(polynomial, polynomial, (a, b) => {
      const product = mulDims(a.dim, b.dim);
      fc.pre(isKnown(product) && b.dim !== 0);
      const quotient = exactDiv(product, b.dim);
      expect(quotient === undefined ? undefined : dimKey(quotient)).toBe(dimKey(a.dim));
    }),
  );
});

test('an exact quotient times the divisor is the dividend', () => {
  fc.assert(
    fc.property(polynomial, polynomial, (a, b) => {
      const quotient = exactDiv(a.dim, b.dim);
      fc.pre(quotient !== undefined);
      expect(dimKey(mulDims(quotient ?? 0, b.dim))).toBe(dimKey(a.dim));
    }),
  );
});

test('sizes of a convolved image divide its number of elements', () => {
  const [h, w] = ['height', 'width'].map((name) => addDims(floorDivDims(subDims(symbolDim(name), 2), 2), 1));
  const pixels = mulDims(12, mulDims(h ?? 0, w ?? 0));
  expect(exactDiv(pixels, h ?? 0)).toEqual(mulDims(12, w ?? 0));
  expect(exactDiv(addDims(pixels, 1), h ?? 0)).toBeUndefined();
});

test('a size that broadcasts against a number other than 1 gives that number', () => {
  const n = symbolDim('n');
  expect(broadcastShapes([n, 1], [3])).toEqual([n, 3]);
  expect(broadcastShapes([n], [4])).toEqual([4]);
  expect(broadcastShapes([n], [n])).toEqual([n]);
  expect(broadcastShapes([2], [3])).toBeUndefined();
  // Either may be 1, so the result has neither size for sure.
  expect(printShape(broadcastShapes([n], [symbolDim('m')]))).toBe('[?]');
});

test('a size broadcasts against itself cut to the rows of a table', () => {
  const n = symbolDim('n');
  expect(broadcastShapes([n], [minDims(n, 128)])).toEqual([n]);
  expect(broadcastShapes([minDims(n, 128)], [n])).toEqual([n]);
  // Cut to 1, it may be widened; of another size, nothing is known.
  expect(printShape(broadcastShapes([n], [minDims(n, 1)]))).toBe('[?]');
  expect(printShape(broadcastShapes([symbolDim('m')], [minDims(n, 128)]))).toBe('[?]');
});
