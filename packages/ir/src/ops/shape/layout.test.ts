import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

test('Transpose reverses the axes unless perm says otherwise', () => {
  const g = inferText(`(float[A, B, C] x) => () {
    y = Transpose (x)
    z = Transpose <perm = [1, 0, 2]> (x)
    wrong = Transpose <perm = [0, 0, 1]> (x)
    short = Transpose <perm = [1, 0]> (x)
  }`);
  expect(g.type('y')).toBe('float32[C, B, A]');
  expect(g.type('z')).toBe('float32[B, A, C]');
  expect(g.errors[0]).toContain('[0, 0, 1] is not a permutation');
  expect(g.errors[1]).toContain('perm has 2 axes, the input 3');
});

test('Expand broadcasts both ways', () => {
  const g = inferText(`(float[N, 1, 3] x, float[5, 2] like, int64[3] unknown, int64[2] shorter) => () {
    target = Shape (like)
    wide = Constant <value_ints: ints = [4, 1]> ()
    y = Expand (x, wide)
    z = Expand (x, unknown)
    short = Expand (x, shorter)
    wrong = Expand (x, target)
  }`);
  expect(g.type('y')).toBe('float32[N, 4, 3]');
  expect(g.type('z')).toBe('float32[?, ?, 3]');
  expect(g.type('short')).toBe('float32[N, ?, 3]');
  expect(g.errors[0]).toContain('[N, 1, 3] cannot be broadcast with [5, 2]');
});

test('Tile multiplies sizes', () => {
  const g = inferText(`(float[N, 3] x, int64[2] unknown) => () {
    repeats = Constant <value_ints: ints = [2, 5]> ()
    y = Tile (x, repeats)
    z = Tile (x, unknown)
  }`);
  expect(g.type('y')).toBe('float32[2*N, 15]');
  expect(g.type('z')).toBe('float32[?, ?]');
});

test('Concat adds along its axis, and each input tells what another does not', () => {
  const g = inferText(`(float[N, 2, S] x, float[N, 3, 4] y, float[7] w, int64[K] any) => () {
    z = Reshape (x, any)
    joined = Concat <axis = -2> (x, y)
    partly = Concat <axis = 1> (x, z)
    wrong = Concat <axis = 0> (x, y)
    ranks = Concat <axis = 0> (x, w)
  }`);
  expect(g.type('joined')).toBe('float32[N, 5, 4]');
  expect(g.type('partly')).toBe('float32[N, ?, S]');
  expect(g.errors[0]).toContain('input 1 has size 3 on axis 1, others have 2');
  expect(g.errors[1]).toContain('inputs have ranks 3 and 1');
});

test('Split without sizes is even, and from opset 18 on the last part may be smaller', () => {
  const even = inferText('(float[6, N] x) => () { a, b = Split (x)  c, d = Split <axis = 1> (x) }', 13);
  expect([even.type('a'), even.type('d')]).toEqual(['float32[3, N]', 'float32[6, floordiv(N, 2)]']);
  const uneven = inferText('(float[7] x) => () { a, b, c = Split <num_outputs = 3> (x) }', 18);
  expect([uneven.type('a'), uneven.type('b'), uneven.type('c')]).toEqual([
    'float32[3]',
    'float32[3]',
    'float32[1]',
  ]);
  expect(inferText('(float[7] x) => () { a, b, c = Split (x) }', 13).errors[0]).toContain(
    'size 7 cannot be split into 3 equal parts',
  );
});

test('Split with sizes takes them from an attribute or an input', () => {
  const old = inferText('(float[N, 6] x) => () { a, b = Split <axis = 1, split = [2, 4]> (x) }', 11);
  expect([old.type('a'), old.type('b')]).toEqual(['float32[N, 2]', 'float32[N, 4]']);
  const g = inferText(`(float[N, 6] x, int64[2] unknown) => () {
    sizes = Constant <value_ints: ints = [2, 3]> ()
    a, b = Split <axis = 0> (x, sizes)
    c, d = Split <axis = 1> (x, unknown)
    e, f = Split <axis = 1> (x, sizes)
  }`);
  expect([g.type('a'), g.type('b'), g.type('c')]).toEqual([
    'float32[2, 6]',
    'float32[3, 6]',
    'float32[N, ?]',
  ]);
  expect(g.errors[0]).toContain('sizes [2, 3] do not add up to 6');
});

test('Pad adds to both ends of the axes it names', () => {
  const g = inferText(`(float[N, 3, 4] x, int64[6] unknown) => () {
    pads = Constant <value_ints: ints = [1, 0, 2, -1]> ()
    axes = Constant <value_ints: ints = [0, -1]> ()
    y = Pad (x, pads, , axes)
    z = Pad (x, unknown)
  }`);
  expect(g.type('y')).toBe('float32[N + 3, 3, 3]');
  expect(g.type('z')).toBe('float32[?, ?, ?]');
  const old = inferText(
    '(float[2, 3] x) => () { y = Pad <pads = [0, 1, 0, 1]> (x) z = Pad <mode = "wrap", pads = [0, 1, 0, 1]> (x) }',
    10,
  );
  expect(old.type('y')).toBe('float32[2, 5]');
  expect(old.errors[0]).toContain('mode wrap is not known');
});

test('DepthToSpace and SpaceToDepth are opposite', () => {
  const g = inferText(`(float[N, 8, H, W] x) => () {
    y = DepthToSpace <blocksize = 2> (x)
    z = SpaceToDepth <blocksize = 2> (y)
    wrong = DepthToSpace <blocksize = 3> (x)
  }`);
  expect(g.type('y')).toBe('float32[N, 2, 2*H, 2*W]');
  expect(g.type('z')).toBe('float32[N, 8, H, W]');
  expect(g.errors[0]).toContain('size 8 is not a multiple of 9');
});

test('Constant has the type of whatever form its value has', () => {
  const g = inferText(`() => () {
    a = Constant <value = double[2, 1] {1, 2}> ()
    b = Constant <value_float: float = 1.5> ()
    c = Constant <value_strings: strings = ["x", "y"]> ()
    d = Constant <value_ints: ints = [1, 2, 3]> ()
    none = Constant ()
  }`);
  expect(['a', 'b', 'c', 'd'].map(g.type)).toEqual(['float64[2, 1]', 'float32[]', 'string[2]', 'int64[3]']);
  expect(g.errors[0]).toContain('exactly one value attribute must be given');
});

test('Range counts what it gives, in every numeric type', () => {
  const sizeOf = (type: string, start: string, limit: string, delta: string): string => {
    const g = inferText(`() => () {
      s = Constant <value = ${type} {${start}}> ()
      l = Constant <value = ${type} {${limit}}> ()
      d = Constant <value = ${type} {${delta}}> ()
      y = Range (s, l, d)
    }`);
    return g.errors[0] ?? g.type('y');
  };
  expect(sizeOf('int64', '3', '10', '3')).toBe('int64[3]');
  expect(sizeOf('int32', '10', '4', '-2')).toBe('int32[3]');
  expect(sizeOf('int64', '5', '1', '1')).toBe('int64[0]');
  expect(sizeOf('float', '0', '1', '0.1')).toBe('float32[10]');
  expect(sizeOf('double', '1', '5', '2')).toBe('float64[2]');
  expect(sizeOf('int64', '9223372036854775800', '9223372036854775807', '2')).toBe('int64[4]');
  expect(sizeOf('int64', '0', '1', '0')).toContain('delta is 0');
});

test('EyeLike and Trilu keep the shape', () => {
  const g = inferText(`(float[N, M] x, float[3] v) => () {
    eye = EyeLike <dtype = 7> (x)
    low = Trilu <upper = 0> (x)
    wrong = Trilu (v)
  }`);
  expect(g.type('eye')).toBe('int64[N, M]');
  expect(g.type('low')).toBe('float32[N, M]');
  expect(g.errors[0]).toContain('rank 1, less than 2');
});
