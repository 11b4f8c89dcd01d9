import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('a shape that is taken apart and put together again is followed', () => {
  const g = inferText(`(float[N, 12, S, 64] x) => () {
    shape = Shape (x)
    zero = Constant <value_int: int = 0> ()
    two = Constant <value_ints: ints = [2]> ()
    axes = Constant <value_ints: ints = [0]> ()
    n = Gather (shape, zero)
    s = Gather (shape, two)
    n1 = Unsqueeze (n, axes)
    hidden = Constant <value_ints: ints = [768]> ()
    wanted = Concat <axis = 0> (n1, s, hidden)
    t = Transpose <perm = [0, 2, 1, 3]> (x)
    y = Reshape (t, wanted)
  }`);
  expect(g.contents('shape')).toBe('[N, 12, S, 64]');
  expect(g.contents('wanted')).toBe('[N, S, 768]');
  expect(g.type('y')).toBe('float32[N, S, 768]');
});

test('a Slice of a shape keeps the sizes it takes, backwards too', () => {
  const g = inferText(`(float[A, B, C, 4] x) => () {
    shape = Shape (x)
    m2 = Constant <value_ints: ints = [-2]> ()
    far = Constant <value_ints: ints = [9223372036854775807]> ()
    last = Slice (shape, m2, far)
    m1 = Constant <value_ints: ints = [-1]> ()
    front = Constant <value_ints: ints = [-9223372036854775808]> ()
    zero = Constant <value_ints: ints = [0]> ()
    reversed = Slice (shape, m1, front, zero, m1)
  }`);
  expect(g.contents('last')).toBe('[C, 4]');
  expect(g.contents('reversed')).toBe('[4, C, B, A]');
});

test('every part of a Split shape is known', () => {
  const g = inferText(`(float[A, B, C] x) => () {
    shape = Shape (x)
    sizes = Constant <value_ints: ints = [1, 2]> ()
    first, rest = Split (shape, sizes)
  }`);
  expect(g.contents('first')).toBe('[A]');
  expect(g.contents('rest')).toBe('[B, C]');
});

test('Shape takes start and end', () => {
  const g = inferText(`(float[A, B, C, D] x) => () {
    inner = Shape <start = 1, end = -1> (x)
    none = Shape <start = 3, end = 1> (x)
    far = Shape <start = -9, end = 9> (x)
  }`);
  expect(g.contents('inner')).toBe('[B, C]');
  expect(g.type('none')).toBe('int64[0]');
  expect(g.contents('far')).toBe('[A, B, C, D]');
});

test('Size is the product of the dimensions', () => {
  expect(inferText('(float[A, 2, A] x) => () { n = Size (x) }').contents('n')).toBe('[2*A*A]');
});

test('sizes beside an element that nobody knows are not lost', () => {
  const g = inferText(`(float[1, 16, 128] x, int64[1] h) => () {
    one = Constant <value_ints: ints = [1]> ()
    depth = Constant <value_ints: ints = [128]> ()
    wanted = Concat <axis = 0> (one, h, h, depth)
    y = Reshape (x, wanted)
  }`);
  expect(g.type('y')).toBe('float32[1, ?, ?, 128]');
});

test('an element that nobody knows may be -1: nothing is concluded from the others', () => {
  const g = inferText(`(float[N, 12] x, int64[1] h) => () {
    m1 = Constant <value_ints: ints = [-1]> ()
    wanted = Concat <axis = 0> (h, m1)
    y = Reshape (x, wanted)
  }`);
  expect(g.type('y')).toMatch(/^float32\[\?, .*\?/);
});

test('a Range over a symbolic size has that size', () => {
  const g = inferText(`(float[N, S] x) => () {
    shape = Shape (x)
    zero = Constant <value_int: int = 0> ()
    one = Constant <value_int: int = 1> ()
    two = Constant <value_int: int = 2> ()
    s = Gather (shape, one)
    all = Range (zero, s, one)
    even = Range (zero, s, two)
  }`);
  expect(g.type('all')).toBe('int64[S]');
  expect(g.type('even')).toBe('int64[floordiv(S + 1, 2)]');
});

test('ConstantOfShape, Expand and Tile make shape data of known length', () => {
  const g = inferText(`(float[N] x) => () {
    three = Constant <value_ints: ints = [3]> ()
    zeros = ConstantOfShape <value = int64[1] {7}> (three)
    n = Shape (x)
    wide = Expand (n, three)
    twice = Constant <value_ints: ints = [2]> ()
    tiled = Tile (wide, twice)
  }`);
  expect(g.contents('zeros')).toBe('[7, 7, 7]');
  expect(g.contents('wide')).toBe('[N, N, N]');
  expect(g.contents('tiled')).toBe('[N, N, N, N, N, N]');
});

test('a Gather out of range says nothing and breaks nothing', () => {
  const g = inferText(`(float[A, B] x) => () {
    shape = Shape (x)
    five = Constant <value_int: int = 5> ()
    size = Gather (shape, five)
  }`);
  expect(g.contents('size')).toBeUndefined();
  expect(g.errors).toEqual([]);
});

test('long integer tensors are data, not sizes', () => {
  const g = inferText(`() => () {
    zero = Constant <value_int: int = 0> ()
    one = Constant <value_int: int = 1> ()
    many = Constant <value_int: int = 1000000000> ()
    r = Range (zero, many, one)
  }`);
  expect(g.type('r')).toBe('int64[1000000000]');
  expect(g.contents('r')).toBeUndefined();
});
