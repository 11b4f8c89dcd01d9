import { expect, test } from 'vitest';
import { find, model, rootsOf, valueNamed } from '../../test/support.ts';
import { any, type ConstRef, commutative, congruent, constant, num, op, value } from '../index.ts';

const half = commutative('Mul', [value('x'), num(0.5)]);

/** A product of `a` and of what `nodes` make of the initializers; y is the only output. */
const product = (initializers: string, nodes = '', a = 'float[4] a') =>
  model(`(${a}) => (y) <${initializers}> { ${nodes} y = Mul(a, h) }`);

test('a number stands for a constant of any rank, filled with it, and however it is written', () => {
  for (const m of [
    product('float h = {0.5}'),
    product('float[1] h = {0.5}'),
    product('float[4] h = {0.5, 0.5, 0.5, 0.5}'),
    product('float i = {0.5}', 'h = Identity(i)'),
    product('float16 i = {0.5}', 'h = Cast<to = 1>(i)'),
    product('float[1] i = {0.5}, int64[0] s = {}', 'h = Reshape(i, s)'),
    product('float i = {0.5}, int64[1] s = {4}', 'h = Expand(i, s)'),
    product('', 'h = Constant<value_float = 0.5>()'),
    product('', 'h = Constant<value = float[1] {0.5}>()'),
  ]) {
    expect(rootsOf(m, half)).toEqual(['y']);
  }
});

test('a number does not stand for a constant of another value', () => {
  expect(rootsOf(product('float h = {0.25}'), half)).toEqual([]);
  expect(rootsOf(product('float[4] h = {0.5, 0.5, 0.5, 0.25}'), half)).toEqual([]);
  expect(rootsOf(product('float i = {0.1}', 'h = Cast<to = 10>(i)', 'float16[4] a'), half)).toEqual([]);
});

test('a number does not stand for a constant that widens the result', () => {
  expect(rootsOf(product('float[1, 1] h = {0.5}'), half)).toEqual([]);
  expect(rootsOf(product('float[4] h = {0.5, 0.5, 0.5, 0.5}', '', 'float[1] a'), half)).toEqual([]);
  expect(rootsOf(product('float[1] h = {0.5}', '', 'float a'), half)).toEqual([]);
});

test('where the shape of the other operand is not known, only a scalar is sure not to widen', () => {
  const unknown = (h: string) =>
    model(`(float[4] a, int64[N] s) => (y) <${h}> { r = Reshape(a, s) y = Mul(r, h) }`);
  expect(rootsOf(unknown('float h = {0.5}'), half)).toEqual(['y']);
  expect(rootsOf(unknown('float[1] h = {0.5}'), half)).toEqual([]);
});

test('an initializer that the caller may override is not a constant', () => {
  const m = model('(float[4] a, float h = {0.5}) => (y) { y = Mul(a, h) }');
  expect(valueNamed(m, 'h').overridable).toBe(true);
  expect(rootsOf(m, half)).toEqual([]);
  expect(rootsOf(m, op('Mul', [any, any]))).toEqual(['y']);
});

test('a literal is rounded to the dtype of the constant', () => {
  const third = op('Div', [any, num(1 / 3)]);
  const quotient = (dtype: string, h: number) =>
    model(`(${dtype}[4] a) => (y) <${dtype} h = {${h}}> { y = Div(a, h) }`);
  for (const dtype of ['float', 'float16', 'bfloat16', 'double']) {
    expect(rootsOf(quotient(dtype, 1 / 3), third)).toEqual(['y']);
  }
  expect(rootsOf(quotient('float', 0.3333), third)).toEqual([]);
  // In float16 both are the same number.
  expect(rootsOf(quotient('float16', 0.3333), third)).toEqual(['y']);
  expect(rootsOf(quotient('double', Math.fround(1 / 3)), third)).toEqual([]);
});

test('a tolerance counts representable values of the dtype, or is a stated relative error', () => {
  const next = 1 + 2 ** -23;
  const m = model(`(float[4] a) => (y) <float h = {${1 + 3 * 2 ** -23}}> { y = Mul(a, h) }`);
  expect(rootsOf(m, op('Mul', [any, num(1, { ulp: 3 })]))).toEqual(['y']);
  expect(rootsOf(m, op('Mul', [any, num(1, { ulp: 2 })]))).toEqual([]);
  expect(rootsOf(m, op('Mul', [any, num(next, { ulp: 2 })]))).toEqual(['y']);
  expect(rootsOf(m, op('Mul', [any, num(1, { rel: 1e-6 })]))).toEqual(['y']);
  expect(rootsOf(m, op('Mul', [any, num(1, { rel: 1e-8 })]))).toEqual([]);
});

test('0 and -0 differ, and integers match exactly', () => {
  const zero = model('(float[4] a) => (y) <float h = {-0.0}> { y = Add(a, h) }');
  expect(rootsOf(zero, op('Add', [any, num(0)]))).toEqual([]);
  expect(rootsOf(zero, op('Add', [any, num(-0)]))).toEqual(['y']);
  const big = model('(int64[4] a) => (y) <int64 h = {9007199254740993}> { y = Add(a, h) }');
  expect(rootsOf(big, op('Add', [any, num(9007199254740992)]))).toEqual([]);
  const seven = model('(int64[4] a) => (y) <int64 h = {7}> { y = Add(a, h) }');
  expect(rootsOf(seven, op('Add', [any, 7]))).toEqual(['y']);
  expect(rootsOf(seven, op('Add', [any, 7.5]))).toEqual([]);
});

test('a list of numbers is a vector', () => {
  const m = model('(float[2, 3, 4] a) => (y) <int64[2] s = {6, 4}> { y = Reshape(a, s) }');
  expect(rootsOf(m, op('Reshape', [any, num([6, 4])]))).toEqual(['y']);
  expect(rootsOf(m, op('Reshape', [any, num([4, 6])]))).toEqual([]);
  expect(rootsOf(m, op('Reshape', [any, num([6])]))).toEqual([]);
});

test('a constant is captured with its elements', () => {
  const m = model('(float[2, 3] a) => (y) <float[1] e = {2.5}> { h = Squeeze(e) y = Mul(a, h) }');
  const [found] = find(m, op('Mul', [any, constant('c', { dtype: 'float', dims: [], splat: true })]));
  const c = found?.c as ConstRef;
  expect([c.dtype, c.dims, c.splat, [...c.floats()]]).toEqual(['float32', [], 2.5, [2.5]]);
  expect(c.value).toBe(valueNamed(m, 'h'));
  expect(find(m, op('Mul', [any, constant('c', { dtype: 'integer' })]))).toEqual([]);
  expect(find(m, op('Mul', [any, constant('c', { dims: ['...', 2] })]))).toEqual([]);
});

test('equal constants are congruent, whatever they are called', () => {
  const m =
    model(`(float[2] a) => (y) <float p = {1}, float q = {1}, float16 r = {1}, float[1] s = {1}, float n = {-0.0}, float z = {0.0}>
    { y = Sum(a, p, q, s, n, z) }`);
  const v = (name: string) => valueNamed(m, name);
  expect(congruent(v('p'), v('q'))).toBe(true);
  expect(congruent(v('p'), v('s'))).toBe(false);
  expect(congruent(v('p'), v('r'))).toBe(false);
  expect(congruent(v('n'), v('z'))).toBe(false);
});

test('congruence looks at attributes, defaults filled in, and at operands', () => {
  const m = model(`(float[2, 3] a) => (y) {
    p = Softmax(a) q = Softmax<axis = -1>(a) r = Softmax<axis = 0>(a)
    s = Elu<alpha = 1.0>(p) t = Elu(q) u = Elu(r) y = Sum(s, t, u) }`);
  const v = (name: string) => valueNamed(m, name);
  expect(congruent(v('p'), v('q'))).toBe(true);
  expect(congruent(v('p'), v('r'))).toBe(false);
  expect(congruent(v('s'), v('t'))).toBe(true);
  expect(congruent(v('s'), v('u'))).toBe(false);
});
