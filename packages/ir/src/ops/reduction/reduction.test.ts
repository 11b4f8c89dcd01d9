import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('a reduction keeps reduced axes as 1, or drops them', () => {
  const g = inferText(
    `(float[N, 3, S] x) => () {
      kept = ReduceSum <axes = [1, -1]> (x)
      dropped = ReduceSum <axes = [1, -1], keepdims = 0> (x)
      all = ReduceMean (x)
      scalar = ReduceMean <keepdims = 0> (x)
    }`,
    11,
  );
  expect(g.type('kept')).toBe('float32[N, 1, 1]');
  expect(g.type('dropped')).toBe('float32[N]');
  expect(g.type('all')).toBe('float32[1, 1, 1]');
  expect(g.type('scalar')).toBe('float32[]');
});

test('axes may be an input: constant, unknown or empty', () => {
  const g = inferText(`(float[N, 3] x, int64[k] unknown, int64[0] empty) => () {
    axes = Constant <value_ints: ints = [-1]> ()
    y = ReduceMax (x, axes)
    some = ReduceMax (x, unknown)
    fewer = ReduceMax <keepdims = 0> (x, unknown)
    all = ReduceMax (x, empty)
    none = ReduceMax <noop_with_empty_axes = 1> (x, empty)
    absent = ReduceMax <noop_with_empty_axes = 1> (x)
  }`);
  expect(g.type('y')).toBe('float32[N, 1]');
  expect(g.type('some')).toBe('float32[?, ?]');
  expect(g.type('fewer')).toBe('float32[...]');
  expect(g.type('all')).toBe('float32[1, 1]');
  expect(g.type('none')).toBe('float32[N, 3]');
  expect(g.type('absent')).toBe('float32[N, 3]');
});

test('all axes give a scalar even when the rank is not known', () => {
  const g = inferText('(float[] x) => () { y = ReduceSum <keepdims = 0> (x) z = ReduceSum (x) }');
  expect(g.type('y')).toBe('float32[]');
  expect(g.type('z')).toBe('float32[...]');
});

test('an axis that does not exist is refused', () => {
  const g = inferText(
    '(float[2, 3] x) => () { y = ReduceSum <axes = [2]> (x) z = ArgMax <axis = -3> (x) }',
    11,
  );
  expect(g.errors).toHaveLength(2);
  expect(g.errors[0]).toContain('axis 2 is out of range for rank 2');
});

test('reductions of sizes stay sizes', () => {
  const g = inferText(`(float[N, 3, S] x) => () {
    shape = Shape (x)
    elements = ReduceProd <keepdims = 0> (shape)
    sum = ReduceSum (shape)
    most = ReduceMax <keepdims = 0> (shape)
    same = ReduceSum <noop_with_empty_axes = 1> (shape)
  }`);
  expect(g.contents('elements')).toBe('[3*N*S]');
  expect(g.contents('sum')).toBe('[N + S + 3]');
  expect(g.contents('same')).toBe('[N, 3, S]');
  expect(g.contents('most')).toBe('[max(S, max(3, N))]');
});

test('ArgMax gives int64 places', () => {
  const g = inferText(`(float[N, 3, S] x) => () {
    y = ArgMax <axis = -1> (x)
    z = ArgMin <axis = 1, keepdims = 0> (x)
  }`);
  expect(g.type('y')).toBe('int64[N, 3, 1]');
  expect(g.type('z')).toBe('int64[N, S]');
});

test('Softmax keeps the type of its input', () => {
  const g = inferText('(float16[N, 3] x) => () { y = Softmax (x) z = Hardmax <axis = 0> (y) }');
  expect(g.type('z')).toBe('float16[N, 3]');
});
