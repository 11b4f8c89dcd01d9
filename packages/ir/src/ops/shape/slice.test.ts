import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Dim, dimKey, symbolDim } from '../../types/dim.ts';
import { inferText } from '../infer-text.ts';
import { sliceBounds, slicedSize } from './slice-bounds.ts';

/** The places that a slice takes, by the words of the operator: clamp, then step. */
function places(size: number, start: number, end: number, step: number): number[] {
  const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
  const from = start < 0 ? start + size : start;
  const to = end < 0 ? end + size : end;
  const taken: number[] = [];
  if (step > 0) {
    for (let i = clamp(from, 0, size); i < clamp(to, 0, size); i += step) taken.push(i);
  } else {
    for (let i = clamp(from, 0, size - 1); i > clamp(to, -1, size - 1); i += step) taken.push(i);
  }
  return taken;
}

const size = fc.integer({ min: 0, max: 9 });
const bound = fc.oneof(
  fc.integer({ min: -12, max: 12 }),
  fc.constantFrom(2 ** 31 - 1, -(2 ** 31), 2 ** 63, -(2 ** 63)),
);
const step = fc.integer({ min: -4, max: 4 }).filter((s) => s !== 0);

test('a slice takes the elements that the operator describes', () => {
  fc.assert(
    fc.property(size, bound, bound, step, (n, start, end, by) => {
      const { first, count } = sliceBounds(n, start, end, by);
      expect(Array.from({ length: count }, (_, i) => first + i * by)).toEqual(places(n, start, end, by));
    }),
  );
});

test('a symbolic size means the same for every number', () => {
  const N = symbolDim('N');
  fc.assert(
    fc.property(bound, bound, step, fc.array(size, { minLength: 1 }), (start, end, by, sizes) => {
      const symbolic = slicedSize(N, start, end, by);
      if (isUnknown(symbolic)) return;
      for (const n of sizes) expect(valueAt(symbolic, n)).toBe(slicedSize(n, start, end, by));
    }),
  );
});

function isUnknown(dim: Dim): boolean {
  return dimKey(dim).includes('\n');
}

/** The text of a dimension is an expression in JavaScript too. */
function valueAt(dim: Dim, n: number): number {
  const evaluate = new Function('N', 'floordiv', 'min', 'max', `return ${dimKey(dim)};`);
  return evaluate(n, (a: number, b: number) => Math.floor(a / b), Math.min, Math.max);
}

test('common slices of a symbolic axis have plain sizes', () => {
  const N = symbolDim('N');
  const far = 2 ** 63;
  expect(dimKey(slicedSize(N, 0, far, 1))).toBe('N');
  expect(dimKey(slicedSize(N, 0, N, 1))).toBe('N');
  expect(dimKey(slicedSize(N, -1, -far, -1))).toBe('N');
  expect(dimKey(slicedSize(N, 0, -1, 1))).toBe('max(0, N + -1)');
  expect(dimKey(slicedSize(N, -3, far, 1))).toBe('min(3, N)');
  expect(dimKey(slicedSize(N, 0, 5, 1))).toBe('min(5, N)');
  expect(dimKey(slicedSize(N, 0, far, 2))).toBe('floordiv(N + 1, 2)');
});

test('bounds from shape data are followed', () => {
  const g = inferText(`(float[1, 1024] table, float[N, S] x) => () {
    s = Shape <start = 1> (x)
    zero = Constant <value_ints: ints = [0]> ()
    one = Constant <value_ints: ints = [1]> ()
    y = Slice (table, zero, s, one)
  }`);
  expect(g.type('y')).toBe('float32[1, min(1024, S)]');
});

test('bounds are attributes before opset 10', () => {
  const g = inferText(
    '(float[4, 5] x) => () { y = Slice <starts = [1, 0], ends = [100, -2]> (x) z = Slice <axes = [-1], starts = [2], ends = [4]> (x) }',
    9,
  );
  expect(g.type('y')).toBe('float32[3, 3]');
  expect(g.type('z')).toBe('float32[4, 2]');
});

test('axes that are not touched keep their sizes even when the bounds are unknown', () => {
  const g = inferText(`(float[A, B, 3] x, int64[1] s, int64[1] e, int64[K] many) => () {
    axis = Constant <value_ints: ints = [1]> ()
    one = Slice (x, s, e, axis)
    first = Slice (x, s, e)
    any = Slice (x, many, many)
  }`);
  expect(g.type('one')).toBe('float32[A, ?, 3]');
  expect(g.type('first')).toBe('float32[?, B, 3]');
  expect(g.type('any')).toBe('float32[?, ?, ?]');
});

test('parameters that cannot be right are refused', () => {
  const wrong = (starts: string, ends: string, axes: string, steps: string): string | undefined =>
    inferText(`(float[4, 5] x) => () {
      s = Constant <value_ints: ints = [${starts}]> ()
      e = Constant <value_ints: ints = [${ends}]> ()
      a = Constant <value_ints: ints = [${axes}]> ()
      t = Constant <value_ints: ints = [${steps}]> ()
      y = Slice (x, s, e, a, t)
    }`).errors[0];
  expect(wrong('0', '1', '0', '0')).toContain('a step is 0');
  expect(wrong('0, 1', '1', '0', '1')).toContain('differ in length');
  expect(wrong('0', '1', '2', '1')).toContain('axis 2 is out of range for rank 2');
  expect(wrong('0, 0', '1, 1', '0, -2', '1, 1')).toContain('an axis occurs twice');
});
