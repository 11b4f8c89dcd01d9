import { parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { fromReals } from '../tensor/reals.ts';
import { checkEquivalent } from './equivalence.ts';

const model = (signature: string, nodes: string) =>
  parseModel(`<ir_version: 9, opset_import: ["" : 20]> g ${signature} { ${nodes} }`);

const xy = '(float[N, 4] x) => (float[N, 4] y)';

test('models that compute the same are equal, on several sets and sizes', () => {
  const a = model(xy, 't = Neg (x) y = Neg (t)');
  const b = model(xy, 'y = Identity (x)');
  expect(checkEquivalent(a, b)).toEqual({ verdict: 'equal', sets: 3, differences: [], notes: [] });
});

test('a difference in numbers is found, and said of which output and inputs', () => {
  const a = model(xy, 'y = Neg (x)');
  const b = model(xy, 'y = Identity (x)');
  const { verdict, differences } = checkEquivalent(a, b);
  expect(verdict).toBe('different');
  expect(differences[0]).toMatchObject({ output: 'y', set: 'N=2, seed 0' });
});

test('a size that only fits the likeliest guess is found by the last set', () => {
  const a = model(xy, 'y = Identity (x)');
  const b = model(xy, 's = Constant <value_ints = [2, 4]> () y = Reshape (x, s)');
  const { verdict, differences } = checkEquivalent(a, b);
  expect(verdict).toBe('different');
  expect(differences[0]?.set).toBe('N=4, seed 1');
});

test('names, element types and ranks of inputs and outputs are compared first', () => {
  const a = model(xy, 'y = Identity (x)');
  const renamed = model('(float[N, 4] x2) => (float[N, 4] y)', 'y = Identity (x2)');
  expect(checkEquivalent(a, renamed).differences[0]?.message).toBe('inputs x became x2');
  const other = model('(float[N, 4] x) => (double[N, 4] y)', 'y = Cast <to = 11> (x)');
  expect(checkEquivalent(a, other).differences[0]?.message).toBe('output y: float32 became float64');
});

test('an original that runs on nothing leaves the question open', () => {
  const bad = model(xy, 'z = Constant <value_floats = [1.0, 2.0]> () y = Add (x, z)');
  const report = checkEquivalent(bad, bad);
  expect(report.verdict).toBe('unverified');
  expect(report.notes[0]).toMatch(/does not run on N=2, seed 0/);
});

test('sizes are tried until the original runs', () => {
  const a = model(
    '(float[N, M] x) => (float[N, 3] y)',
    'z = Constant <value_floats = [1.0, 2.0, 3.0]> () y = Add (x, z)',
  );
  const report = checkEquivalent(a, a);
  expect(report.verdict).toBe('equal');
  expect(report.notes.length).toBeGreaterThan(0);
});

test('a result that fails where the original runs is different', () => {
  const a = model(xy, 'y = Identity (x)');
  const b = model(xy, 's = Constant <value_ints = [3, 5]> () y = Reshape (x, s)');
  expect(checkEquivalent(a, b).differences[0]?.message).toMatch(/^the result does not run: /);
});

test('initializers that may be overridden are fed other values, too', () => {
  const text = (nodes: string) =>
    parseModel(
      `<ir_version: 9, opset_import: ["" : 20]> g (float[4] x, float[1] w = {2}) => (float[4] y) { ${nodes} }`,
    );
  const a = text('y = Mul (x, w)');
  const b = text('y = Add (x, x)');
  const report = checkEquivalent(a, b);
  expect(report.verdict).toBe('different');
  expect(report.differences[0]?.set).toBe('seed 0, overridden defaults');
  expect(checkEquivalent(a, a)).toMatchObject({ verdict: 'equal', sets: 4 });
});

test('rounding that the original is as sensitive to itself is excused, and noted', () => {
  // Huge numbers cancel: what is left is rounding noise, which other orders of addition change.
  const a = model(
    '(float[3] x) => (float[3] y)',
    'c = Constant <value_float = 16777216.0> () s = Add (x, c) y = Sub (s, c)',
  );
  const b = model('(float[3] x) => (float[3] y)', 'y = Identity (x)');
  const x = fromReals('float32', [3], [0.75, 1.25, 1.75]);
  expect(checkEquivalent(a, b, { given: [{ x }] }).verdict).toBe('different');
  const round = model('(float[3] x) => (int64[3] y)', 'y = Cast <to = 7> (x)');
  const tie = model(
    '(float[3] x) => (int64[3] y)',
    'c = Constant <value_float = 0.9999998> () z = Mul (x, c) y = Cast <to = 7> (z)',
  );
  const ones = fromReals('float32', [3], [1, 1, 1]);
  const report = checkEquivalent(round, tie, { given: [{ x: ones }] });
  expect(report.verdict).toBe('equal');
  expect(report.notes).toHaveLength(1);
});
