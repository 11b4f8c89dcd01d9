import type { DType } from '@refold/ir';
import { expect, test } from 'vitest';
import { NdArray, type NdSequence } from '../tensor/nd-array.ts';
import { fromReals } from '../tensor/reals.ts';
import { compareValues } from './compare-values.ts';

const vector = (dtype: DType, ...values: number[]) => fromReals(dtype, [values.length], values);
const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

function same(want: NdArray, got: NdArray): boolean {
  return compareValues(want, got) === undefined;
}

test('NaN equals NaN, an infinity equals itself, and zeros have no sign', () => {
  expect(same(vector('float32', nan, inf, -inf, 0), vector('float32', nan, inf, -inf, -0))).toBe(true);
  expect(same(vector('float32', nan), vector('float32', 0))).toBe(false);
  expect(same(vector('float32', 0), vector('float32', nan))).toBe(false);
  expect(same(vector('float32', inf), vector('float32', -inf))).toBe(false);
  expect(same(vector('float32', 1e38), vector('float32', inf))).toBe(false);
});

test('floats may differ by a share of the largest magnitude and a share of themselves, by type', () => {
  expect(same(vector('float32', 100, 0), vector('float32', 100, 0.009))).toBe(true);
  expect(same(vector('float32', 100, 0), vector('float32', 100, 0.011))).toBe(false);
  expect(same(vector('float16', 1), vector('float16', 1.0085))).toBe(true);
  expect(same(vector('float64', 1), vector('float64', 1 + 1e-8))).toBe(false);
  expect(same(vector('float32', inf, 0), vector('float32', inf, 0.1))).toBe(false);
});

test('integers, booleans and strings are equal or not', () => {
  expect(same(vector('int64', 5), vector('int64', 6))).toBe(false);
  expect(same(vector('bool', 1, 0), vector('bool', 1, 0))).toBe(true);
  expect(same(new NdArray('string', [1], ['a']), new NdArray('string', [1], ['b']))).toBe(false);
});

test('types and shapes come before elements', () => {
  expect(compareValues(vector('float32', 1), vector('float64', 1))?.message).toBe('float32 became float64');
  const flat = vector('float32', 1, 2);
  expect(compareValues(flat, flat.reshaped([2, 1]))?.message).toBe('shape [2] became [2, 1]');
});

test('a difference names the first and the worst element', () => {
  const want = vector('float32', 1, 2, 3, 4).reshaped([2, 2]);
  const got = vector('float32', 1, 2.5, 9, 4).reshaped([2, 2]);
  const difference = compareValues(want, got);
  expect(difference?.message).toBe('2 of 4 elements differ, the first at [0, 1]: 2 became 2.5');
  expect(difference?.elements?.worst).toMatchObject({ index: [1, 0], want: 3, got: 9 });
});

test('sequences are compared item by item', () => {
  const sequence = (...items: NdArray[]): NdSequence => ({ kind: 'sequence', items });
  const a = sequence(vector('float32', 1), vector('float32', 2));
  expect(compareValues(a, a)).toBeUndefined();
  expect(compareValues(a, sequence(vector('float32', 1)))?.kind).toBe('shape');
  expect(compareValues(a, sequence(vector('float32', 1), vector('float32', 3)))?.message).toMatch(
    /^item 1: /,
  );
});
