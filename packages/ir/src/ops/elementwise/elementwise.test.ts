import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('operands broadcast from the right, sizes without a number included', () => {
  const g = inferText(`(float[N, 1, 4] a, float[3, 1] b, float[M] m, float[N] n) => () {
    y = Add (a, b)
    s = Sum (a, b, n)
    u = Mul (m, n)
  }`);
  expect(g.type('y')).toBe('float32[N, 3, 4]');
  expect(g.type('s')).toBe('float32[N, 3, 4]');
  expect(g.type('u')).toBe('float32[?]');
});

test('operands that cannot go together are refused', () => {
  const g = inferText(`(float[3] a, float[4] b, int64[3] i) => () {
    x = Add (a, b)
    y = Add (a, i)
    z = Where (i, a, a)
    p = PRelu (a, b)
  }`);
  expect(g.errors[0]).toContain('shapes [3] and [4] do not broadcast');
  expect(g.errors[1]).toContain('different types, float32 and int64');
  expect(g.errors[2]).toContain('the condition is int64, not bool');
  expect(g.errors[3]).toContain('slopes of shape [4] do not broadcast to [3]');
});

test('comparisons and tests give bool, Pow the type of its base, casts the type asked for', () => {
  const g = inferText(
    `(float[N] x, int64[N] e) => () {
    a = LessOrEqual (x, x)
    b = IsNaN (x)
    c = Pow (x, e)
    d = Cast <to = 7> (x)
    f = CastLike (x, e)
    h = BitCast <to = 6> (x)
  }`,
    28,
  );
  expect(['a', 'b', 'c', 'd', 'f', 'h'].map(g.type)).toEqual([
    'bool[N]',
    'bool[N]',
    'float32[N]',
    'int64[N]',
    'int64[N]',
    'int32[N]',
  ]);
});

test('an integer Div of sizes floors, and an exact one stays a polynomial', () => {
  const g = inferText(`(float[N, M] x) => () {
    s = Shape (x)
    two = Constant <value_ints: ints = [2, 2]> ()
    twice = Mul (s, two)
    back = Div (twice, two)
    half = Div (s, two)
    y = ConstantOfShape (half)
    z = ConstantOfShape (back)
  }`);
  expect(g.type('z')).toBe('float32[N, M]');
  expect(g.type('y')).toBe('float32[floordiv(N, 2), floordiv(M, 2)]');
});

test('the quotient of what may be negative is not guessed', () => {
  const g = inferText(`(float[N] x) => () {
    s = Shape (x)
    three = Constant <value_ints: ints = [3]> ()
    less = Sub (s, three)
    y = Div (less, three)
  }`);
  expect(g.contents('less')).toBe('[N + -3]');
  expect(g.contents('y')).toBeUndefined();
});

test('constant sizes divide toward zero and keep the sign that fmod says', () => {
  const g = inferText(`() => () {
    a = Constant <value_ints: ints = [7, -7]> ()
    b = Constant <value_ints: ints = [3]> ()
    d = Div (a, b)
    m = Mod (a, b)
    f = Mod <fmod = 1> (a, b)
  }`);
  expect(['d', 'm', 'f'].map(g.contents)).toEqual(['[2, -2]', '[1, 2]', '[1, -1]']);
});

test('a size is never -1, so Where takes the branch of sizes', () => {
  const g = inferText(`(float[N, 3] x) => () {
    s = Shape (x)
    none = Constant <value_ints: ints = [-1, -1]> ()
    ones = Constant <value_ints: ints = [1, 1]> ()
    wild = Equal (s, none)
    shape = Where (wild, ones, s)
    y = Expand (x, shape)
  }`);
  expect(g.contents('shape')).toBe('[N, 3]');
  expect(g.type('y')).toBe('float32[N, 3]');
});

test('sizes survive casts between integer types that hold them', () => {
  const g = inferText(`(float[N] x) => () {
    s = Shape (x)
    i = Cast <to = 6> (s)
    tiny = Cast <to = 3> (s)
    f = Cast <to = 1> (s)
  }`);
  expect(g.contents('i')).toBe('[N]');
  expect(g.contents('tiny')).toBeUndefined();
  expect(g.contents('f')).toBeUndefined();
});

test('what would wrap around has no known contents', () => {
  const g = inferText(`() => () {
    a = Constant <value = int32[1] {2147483647}> ()
    y = Add (a, a)
  }`);
  expect(g.contents('y')).toBeUndefined();
});

test('the mask of Dropout is bool from opset 10 on', () => {
  const text = '(float[N] x) => () { y, m = Dropout (x) }';
  expect(inferText(text, 9).type('m')).toBe('float32[N]');
  expect(inferText(text, 10).type('m')).toBe('bool[N]');
});

test('the gate of SwiGLU has the shape of the value', () => {
  const g = inferText(
    `(float[N, 4] gate, float[2, M] value, float[3] other) => () {
    y = SwiGLU (gate, value)
    z = SwiGLU <alpha = 2.0> (gate, other)
  }`,
    28,
  );
  expect(g.type('y')).toBe('float32[2, 4]');
  expect(g.errors).toEqual(['SwiGLU: a gate of shape [N, 4] does not fit [3]']);
});
