import { expect, test } from 'vitest';
import { erf, erfc } from './erf.ts';

// Values to 17 digits by 40-digit arithmetic.
const known = [
  [1e-8, 1.1283791670955126e-8, 0.9999999887162083],
  [0.5, 0.5204998778130465, 0.4795001221869535],
  [1, 0.8427007929497149, 0.15729920705028513],
  [2, 0.9953222650189527, 0.004677734981047266],
  [3.5, 0.9999992569016276, 7.430983723414128e-7],
  [5, 0.9999999999984626, 1.5374597944280349e-12],
  [10, 1, 2.088487583762545e-45],
] as const;

test.each(known)('erf and erfc of %d are right to the last digits of a double', (x, e, c) => {
  expect(Math.abs(erf(x) / e - 1)).toBeLessThan(2 ** -50);
  expect(Math.abs(erfc(x) / c - 1)).toBeLessThan(1e-13);
  expect(erf(-x)).toBe(-erf(x));
});

test('erf is steady where one Taylor polynomial takes over from the next', () => {
  for (let k = 1; k < 96; k += 2) {
    const x = k / 16;
    expect(erf(x) - erf(x - 1e-15)).toBeLessThan(4e-15);
  }
});

test('the ends', () => {
  expect(Object.is(erf(-0), -0)).toBe(true);
  expect(erf(Number.NEGATIVE_INFINITY)).toBe(-1);
  expect(erfc(Number.POSITIVE_INFINITY)).toBe(0);
  expect(erfc(Number.NEGATIVE_INFINITY)).toBe(2);
  expect(erf(Number.NaN)).toBeNaN();
  expect(erfc(Number.NaN)).toBeNaN();
});
