import { expect, test } from 'vitest';
import { inferText } from '../infer-text.ts';

function reshaped(input: string, shape: string, attributes = '', opset = 21): string {
  const g = inferText(
    `(float[${input}] x) => () {
      shape = Constant <value_ints: ints = [${shape}]> ()
      y = Reshape ${attributes} (x, shape)
    }`,
    opset,
  );
  return g.errors[0] ?? g.type('y');
}

test('-1 is what is left, symbolic factors taken out', () => {
  expect(reshaped('2, 3, 4', '6, -1')).toBe('float32[6, 4]');
  expect(reshaped('N, 12, S, 64', '0, 12, -1, 64')).toBe('float32[N, 12, S, 64]');
  expect(reshaped('N, C, 4, 4', '0, -1')).toBe('float32[N, 16*C]');
  expect(reshaped('N, S, 12', '-1')).toBe('float32[12*N*S]');
});

test('-1 that does not divide for every size is a quotient', () => {
  expect(reshaped('N, 3', '-1, 2')).toBe('float32[floordiv(3*N, 2), 2]');
});

test('0 copies a size, unless allowzero says that it is one', () => {
  expect(reshaped('A, B, 3', '0, 0, 3')).toBe('float32[A, B, 3]');
  expect(reshaped('0, 3', '3, 0', '<allowzero = 1>')).toBe('float32[3, 0]');
  expect(reshaped('2, 0', '0, 0')).toBe('float32[2, 0]');
});

test('shapes that cannot be are refused', () => {
  expect(reshaped('2, 3', '4, 2')).toContain('[2, 3] cannot be reshaped to [4, 2]');
  expect(reshaped('2, 3', '4, -1')).toContain('cannot be reshaped');
  expect(reshaped('2, 3', '-1, -1')).toContain('more than one size is -1');
  expect(reshaped('2, 3', '6, 1, 0')).toContain('size 2 is 0, but the input has rank 2');
  expect(reshaped('2, 3', '-2, 3')).toContain('size 0 is -2');
  expect(reshaped('0, 3', '0, -1', '<allowzero = 1>')).toContain('allowzero');
});

test('a size of another tensor is believed only where 0 would not mean something else', () => {
  const g = inferText(`(float[5, 6] x, float[N, 6] z, float[N] like) => () {
    n = Shape (like)
    m1 = Constant <value_ints: ints = [-1]> ()
    wanted = Concat <axis = 0> (n, m1)
    copied = Reshape (x, wanted)
    split = Reshape (z, wanted)
    literal = Reshape <allowzero = 1> (x, wanted)
  }`);
  // With N = 0 the first size of x would be copied: 5, not N.
  expect(g.type('copied')).toMatch(/^float32\[\?, /);
  expect(g.type('split')).toBe('float32[N, 6]');
  expect(g.type('literal')).toBe('float32[N, floordiv(30, N)]');
});

test('the shape of an image comes back after its pixels were grouped', () => {
  const g = inferText(`(float[N, 8, H, W] x) => () {
    image = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)
    groups = Constant <value_ints: ints = [0, 4, -1]> ()
    grouped = Reshape (image, groups)
    whole = Shape (image)
    back = Reshape (grouped, whole)
  }`);
  expect(g.type('back')).toBe(g.type('image'));
});

test('a size beyond the rank of the input cannot be a copy', () => {
  const g = inferText(`(float[6] x, float[N, M] like) => () {
    wanted = Shape (like)
    y = Reshape (x, wanted)
  }`);
  expect(g.type('y')).toBe('float32[?, M]');
});

test('only the rank is known where the shape is not', () => {
  expect(inferText('(float[N, 4] x, int64[3] s) => () { y = Reshape (x, s) }').type('y')).toBe(
    'float32[?, ?, ?]',
  );
  expect(inferText('(float[N, 4] x, int64[K] s) => () { y = Reshape (x, s) }').type('y')).toBe(
    'float32[...]',
  );
});

test('a hostile number of sizes is not built', () => {
  const g = inferText('(float[2] x, int64[4000000000] s) => () { y = Reshape (x, s) }');
  expect(g.type('y')).toBe('float32[...]');
});

test('opset 1 has the shape as an attribute', () => {
  const g = inferText('(float[N, 2, 3] x) => () { y = Reshape <shape = [0, -1]> (x) }', 4);
  expect(g.type('y')).toBe('float32[N, 6]');
});

test('Flatten multiplies the axes on either side', () => {
  const g = inferText(`(float[A, B, 2, 3] x) => () {
    default = Flatten (x)
    whole = Flatten <axis = 0> (x)
    negative = Flatten <axis = -1> (x)
    wrong = Flatten <axis = 5> (x)
  }`);
  expect(g.type('default')).toBe('float32[A, 6*B]');
  expect(g.type('whole')).toBe('float32[1, 6*A*B]');
  expect(g.type('negative')).toBe('float32[2*A*B, 3]');
  expect(g.errors[0]).toContain('axis 5 is out of range for rank 4');
});

test('Squeeze without axes needs all sizes', () => {
  const g = inferText(`(float[1, 3, 1] x, float[1, N] s) => () {
    y = Squeeze (x)
    unknown = Squeeze (s)
    first = Constant <value_ints: ints = [0]> ()
    given = Squeeze (s, first)
    second = Constant <value_ints: ints = [1]> ()
    wrong = Squeeze (x, second)
  }`);
  expect(g.type('y')).toBe('float32[3]');
  expect(g.type('unknown')).toBe('float32[...]');
  expect(g.type('given')).toBe('float32[N]');
  expect(g.errors[0]).toContain('axis 1 has size 3, not 1');
});

test('Unsqueeze counts negative axes in the result, as attribute and as input', () => {
  const old = inferText('(float[A, B] x) => () { y = Unsqueeze <axes = [0, -1]> (x) }', 11);
  expect(old.type('y')).toBe('float32[1, A, B, 1]');
  const g = inferText(`(float[A, B] x, int64[2] unknown) => () {
    axes = Constant <value_ints: ints = [-2]> ()
    y = Unsqueeze (x, axes)
    z = Unsqueeze (x, unknown)
    twice = Constant <value_ints: ints = [1, -3]> ()
    wrong = Unsqueeze (x, twice)
  }`);
  expect(g.type('y')).toBe('float32[A, 1, B]');
  expect(g.type('z')).toBe('float32[?, ?, ?, ?]');
  expect(g.errors[0]).toContain('an axis occurs twice');
});
