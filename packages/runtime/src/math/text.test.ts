import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalToDouble } from './decimal.ts';
import { numberToText } from './number-text.ts';

test('a float32 is written with the fewest digits that read back', () => {
  const texts = [
    0.1,
    1e10,
    123456789,
    3,
    -0,
    1e-5,
    0.001,
    -2.5,
    16777216,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
  ];
  expect(texts.map((x) => numberToText(Math.fround(x), false))).toEqual([
    '0.1',
    '1e+10',
    '1.2345679e+08',
    '3',
    '-0',
    '1e-05',
    '0.001',
    '-2.5',
    '16777216',
    'NaN',
    '-INF',
  ]);
});

test('what is written reads back to the same value', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(Math.fround(decimalToDouble(numberToText(x, false)))).toBe(x);
    }),
  );
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(Number(numberToText(x, true))).toBe(x);
    }),
  );
});

test('a decimal next to the middle of two float32 values is rounded once', () => {
  const middle = '1.000000059604644775390625';
  expect(Math.fround(decimalToDouble(middle))).toBe(1);
  expect(Math.fround(decimalToDouble(`${middle}0000000000000001`))).toBe(1 + 2 ** -23);
  expect(Math.fround(decimalToDouble(`-${middle}${'0'.repeat(2000)}1e0`))).toBe(-1 - 2 ** -23);
  // The middle above: 1 + 3/2^24 goes to the even neighbour 1 + 2^-22, just below it to 1 + 2^-23.
  expect(Math.fround(decimalToDouble('1.0000001788139343'))).toBe(1 + 2 ** -23);
  expect(Math.fround(Number(`${middle}0000000000000001`))).toBe(1);
});
