import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('Gather puts the shape of the indices in the place of its axis', () => {
  const g = inferText(`(float[A, B, C] x, int64[N, 2] i, int64 s) => () {
    y = Gather <axis = 1> (x, i)
    z = Gather <axis = -1> (x, s)
    wrong = Gather <axis = 3> (x, i)
  }`);
  expect(g.type('y')).toBe('float32[A, N, 2, C]');
  expect(g.errors[0]).toContain('axis 3 is out of range for rank 3');
});

test('GatherElements has the shape of the indices', () => {
  const g = inferText(
    '(float[3, 4] x, int64[2, N] i, int64[5] v) => () { y = GatherElements (x, i)  z = GatherElements (x, v) }',
  );
  expect(g.type('y')).toBe('float32[2, N]');
  expect(g.errors[0]).toContain('the data has rank 2, the indices 1');
});

test('GatherND takes a slice for each tuple', () => {
  const g = inferText(`(float[B, 4, 5, C] x, int64[B, 7, 2] i, int64[3, 5] tooLong) => () {
    y = GatherND <batch_dims = 1> (x, i)
    z = GatherND (x, i)
    wrong = GatherND (x, tooLong)
  }`);
  expect(g.type('y')).toBe('float32[B, 7, C]');
  expect(g.type('z')).toBe('float32[B, 7, 5, C]');
  expect(g.errors[0]).toContain('index tuples of 5 do not fit data of rank 4');
});

test('the Scatter operators keep the type of the data and check the updates', () => {
  const g = inferText(`(float[A, 4] x, int64[1, 4] i, float[1, 4] u, int64[2, 1] t, float[2, 3] short) => () {
    a = ScatterElements (x, i, u)
    b = ScatterND (x, t, short)
    c = ScatterElements <reduction = "mean"> (x, i, u)
  }`);
  expect(g.type('a')).toBe('float32[A, 4]');
  expect(g.errors[0]).toContain('the shape of the updates does not fit the indices');
  expect(g.errors[1]).toContain('reduction mean is not known');
});

test('reductions of a Scatter come with their opset', () => {
  const text =
    '(float[3] x, int64[1] i, float[1] u) => () { y = ScatterElements <reduction = "max"> (x, i, u) }';
  expect(inferText(text, 16).errors[0]).toContain('reduction max is not known');
  expect(inferText(text, 18).type('y')).toBe('float32[3]');
});

test('OneHot puts a new axis in, of constant, computed or unknown size', () => {
  const g = inferText(`(int64[A, B] i, float[N] like, int64 unknown) => () {
    off_on = Constant <value_floats: floats = [0, 1]> ()
    ten = Constant <value_float: float = 10> ()
    n = Shape (like)
    a = OneHot (i, ten, off_on)
    b = OneHot <axis = 0> (i, n, off_on)
    c = OneHot <axis = -2> (i, unknown, off_on)
  }`);
  expect(['a', 'b', 'c'].map(g.type)).toEqual(['float32[A, B, 10]', 'float32[N, A, B]', 'float32[A, ?, B]']);
});

test('TopK has k from an attribute or an input', () => {
  const old = inferText('(float[A, 9] x) => () { v, i = TopK <k = 3> (x) }', 9);
  expect([old.type('v'), old.type('i')]).toEqual(['float32[A, 3]', 'int64[A, 3]']);
  const g = inferText(`(float[A, 9] x, float[N] like) => () {
    n = Shape (like)
    v, i = TopK <axis = 0> (x, n)
    ten = Constant <value_ints: ints = [10]> ()
    w, j = TopK (x, ten)
  }`);
  expect([g.type('v'), g.type('i')]).toEqual(['float32[N, 9]', 'int64[N, 9]']);
  expect(g.errors[0]).toContain('k is 10 for an axis of size 9');
});

test('what only the data can tell becomes one unknown size, the same in all outputs', () => {
  const g = inferText(
    '(float[A, 3] x) => () { y, i, inverse, counts = Unique <axis = 0> (x)  n = NonZero (x) }',
  );
  expect(g.type('y')).toBe('float32[?, 3]');
  expect(g.type('inverse')).toBe('int64[A]');
  expect(g.type('n')).toBe('int64[2, ?]');
  const y = g.value('y').type;
  const i = g.value('i').type;
  expect(y?.kind === 'tensor' && i?.kind === 'tensor' && y.shape?.[0] === i.shape?.[0]).toBe(true);
});

test('Compress counts a constant condition', () => {
  const g = inferText(`(float[A, 4] x, bool[4] unknown) => () {
    c = Constant <value = bool[4] {1, 0, 1, 0}> ()
    y = Compress <axis = 1> (x, c)
    z = Compress (x, unknown)
  }`);
  expect(g.type('y')).toBe('float32[A, 2]');
  expect(g.type('z')).toBe('float32[?]');
});

test('operators along an axis keep the type', () => {
  const g = inferText(
    `(float[T, B, 4] x, int64[B] lens, float[T, 2, 4] u) => () {
    axis = Constant <value_int: int = -1> ()
    s = CumSum (x, axis)
    r = ReverseSequence (x, lens)
    c = TensorScatter <axis = 1> (x, u)
    far = Constant <value_int: int = 3> ()
    wrong = CumSum (x, far)
  }`,
    24,
  );
  expect(['s', 'r', 'c'].map(g.type)).toEqual(['float32[T, B, 4]', 'float32[T, B, 4]', 'float32[T, B, 4]']);
  expect(g.errors[0]).toContain('axis 3 is out of range for rank 3');
});
