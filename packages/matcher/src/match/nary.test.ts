import { expect, test } from 'vitest';
import { find, model, namesOf, rootsOf } from '../../test/support.ts';
import { constant, num, op, product, sum, value } from '../index.ts';

const gelu = product(['x', 0.5, sum([op('Erf', [product(['x', num(Math.SQRT1_2, { ulp: 4 })])]), 1])]);

const erf = 's = Mul (a, k) e = Erf (s) p = Add (e, one)';
const weights = '<float k = {0.70710678}, float one = {1}, float half = {0.5}, float r2 = {1.4142135}>';

test('a product matches in every bracketing', () => {
  const ends = [
    'q = Mul (a, p) y = Mul (q, half)',
    'q = Mul (p, a) y = Mul (half, q)',
    'q = Mul (a, half) y = Mul (p, q)',
    'q = Mul (half, a) y = Mul (q, p)',
    'q = Mul (half, p) y = Mul (a, q)',
    'i = Identity (a) q = Mul (half, p) y = Mul (i, q)',
    'two = Add (one, one2) q = Mul (a, p) y = Div (q, c2)',
  ];
  for (const end of ends) {
    const m = model(
      `(float[3] a, float one2) => (float[3] y) ${weights.replace('>', ', float c2 = {2}>')} { ${erf} ${end} }`,
    );
    expect(rootsOf(m, gelu), end).toContain('y');
    expect(
      namesOf(
        find(m, gelu).find((f) => f.$root.name === 'y'),
        'x',
      ),
    ).toEqual(['a']);
  }
});

test('a division by a constant is a factor', () => {
  const m = model(
    `(float[3] a) => (float[3] y) ${weights} { s = Div (a, r2) e = Erf (s) p = Add (one, e) q = Mul (a, p) y = Mul (q, half) }`,
  );
  expect(rootsOf(m, gelu)).toEqual(['y']);
});

test('another number is another product', () => {
  const m = model(
    `(float[3] a) => (float[3] y) <float k = {0.7071}, float one = {1}, float half = {0.5}> { ${erf} q = Mul (a, p) y = Mul (q, half) }`,
  );
  expect(rootsOf(m, gelu)).toEqual([]);
});

test('equal factors are a power', () => {
  const cube = product([op('Pow', ['x', 3])]);
  const spellings = [
    'y = Pow (a, three)',
    'p = Mul (a, a) y = Mul (p, a)',
    'p = Pow (a, two) y = Mul (a, p)',
  ];
  for (const spelling of spellings) {
    const m = model(`(float[3] a) => (float[3] y) <float two = {2}, float three = {3}> { ${spelling} }`);
    expect(rootsOf(m, cube), spelling).toEqual(['y']);
  }
  expect(rootsOf(model('(float[3] a) => (float[3] y) { y = Mul (a, a) }'), cube)).toEqual([]);
});

test('signs and roots', () => {
  const rms = product([
    'x',
    op('Reciprocal', [op('Sqrt', [sum([op('ReduceMean', [product(['x', 'x'])]), constant('e')])])]),
  ]);
  const mean =
    'two = Constant <value_float = 2.0> () p = Pow (a, two) m = ReduceMean <axes = [1]> (p) v = Add (m, eps)';
  for (const end of [
    's = Sqrt (v) y = Div (a, s)',
    's = Sqrt (v) r = Reciprocal (s) y = Mul (r, a)',
    's = Sqrt (v) r = Div (one, s) y = Mul (a, r)',
    'r = Pow (v, mhalf) y = Mul (a, r)',
    'i = Reciprocal (v) r = Sqrt (i) y = Mul (a, r)',
  ]) {
    const m = model(
      `(float[2,3] a) => (float[2,3] y) <float eps = {0.001}, float one = {1}, float mhalf = {-0.5}> { ${mean} ${end} }`,
      13,
    );
    expect(rootsOf(m, rms), end).toEqual(['y']);
  }
  const negated = sum(['x', op('Neg', [op('Relu', ['y'])])]);
  for (const end of ['y = Sub (a, r)', 'n = Neg (r) y = Add (n, a)', 'd = Sub (r, a) y = Neg (d)']) {
    const m = model(`(float[3] a) => (float[3] y) { r = Relu (a) ${end} }`);
    expect(rootsOf(m, negated), end).toEqual(['y']);
  }
  expect(rootsOf(model('(float[3] a) => (float[3] y) { r = Relu (a) y = Sub (r, a) }'), negated)).toEqual([]);
});

test('what is read elsewhere too is a term of its own', () => {
  const m = model('(float[3] a, float[3] b) => (float[3] y, float[3] p) { p = Mul (a, b) y = Mul (p, a) }');
  expect(find(m, product([value('u'), value('v'), value('w')]))).toEqual([]);
  expect(rootsOf(m, product([value('u'), value('v')]))).toEqual(['p', 'y']);
});

test('a value may stand for a whole bracket', () => {
  const m = model('(float[3] a, float[3] b, float[3] c) => (float[3] y) { p = Mul (a, b) y = Mul (p, c) }');
  const found = find(m, product(['u', 'v'])).filter((f) => f.$root.name === 'y');
  expect(found.map((f) => namesOf(f, 'u', 'v'))).toEqual([
    ['p', 'c'],
    ['c', 'p'],
  ]);
});

test('what is left over is captured', () => {
  const m = model(
    '(float[3] a, float[3] b, float[3] c) => (float[3] y) { r = Relu (b) p = Add (a, r) y = Add (p, c) }',
  );
  const [found] = find(m, sum([op('Relu', ['x'])], { rest: 'others' })).filter((f) => f.$root.name === 'y');
  expect(found?.others).toEqual([m.graph.inputs[0], m.graph.inputs[2]]);
});

test('several numbers are one constant', () => {
  const m = model(
    '(float[3] a) => (float[3] y) <float k = {2}, float l = {8}> { p = Mul (a, k) y = Div (p, l) }',
  );
  const [found] = find(m, product(['x', constant('c')])).filter(
    (f) => f.$root.name === 'y' && namesOf(f, 'x')[0] === 'a',
  );
  expect(found?.c).toMatchObject({ splat: 0.25 });
});
