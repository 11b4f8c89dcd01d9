import { expect, test } from 'vitest';
import { apply, model, text } from '../../test/support.ts';
import { learnRule, printRule } from '../index.ts';

const before = (): ReturnType<typeof model> =>
  model('(float[2,3] x) => (float[2,3] y) { a = Relu (x) s = Sigmoid (a) p = Mul (a, s) y = Exp (p) }', 24);
const after = (): ReturnType<typeof model> =>
  model('(float[2,3] x) => (float[2,3] y) { a = Relu (x) p = Swish (a) y = Exp (p) }', 24);

test('what two models share is neither pattern nor replacement', async () => {
  const { rule, assumptions } = await learnRule(before(), after(), { name: 'learned/swish' });
  expect(printRule(rule)).toContain('Mul(a: float32[2, 3], Sigmoid(a: float32[2, 3]))');
  expect(assumptions).toContain('sizes are those of the example');
  const m = before();
  expect(apply(m, [rule]).applied).toEqual({ 'learned/swish': 1 });
  expect(text(m)).toContain('p = Swish (a)');
  const other = model('(float[4] x) => (float[4] y) { s = Sigmoid (x) y = Mul (x, s) }', 24);
  expect(apply(other, [rule]).applied).toEqual({});
});

test('what tests confirm is generalised', async () => {
  const { rule, assumptions } = await learnRule(before(), after(), { verify: () => true });
  expect(assumptions).toContain('sums and products may be written in any order');
  const other = model('(float[4] x) => (float[4] y) { s = Sigmoid (x) y = Mul (s, x) }', 24);
  apply(other, [rule]);
  expect(text(other)).toContain('y = Swish (x)');
});

test('what tests refute is not', async () => {
  const { assumptions } = await learnRule(before(), after(), { verify: () => false });
  expect(assumptions.slice(0, 4)).toEqual([
    'sizes are those of the example',
    'element types are those of the example',
    'numbers are those of the example',
    'operands come in the order of the example',
  ]);
});

test('a new constant is what constants of the first model come to', async () => {
  const scales = '<float[3] k = {1, 2, 3}, float[3] l = {0.5, 4, 5}>';
  const twice = model(`(float[2,3] x) => (float[2,3] y) ${scales} { p = Mul (x, k) y = Mul (p, l) }`);
  const once = model('(float[2,3] x) => (float[2,3] y) <float[3] kl = {0.5, 8, 15}> { y = Mul (x, kl) }');
  const { rule } = await learnRule(twice, once, { verify: () => true });
  const m = model(
    `(float[2,3] x) => (float[2,3] y) <float[3] c = {2, 2, 2}, float[3] d = {3, 4, 5}> { p = Mul (x, c) y = Mul (p, d) }`,
  );
  apply(m, [rule]);
  expect(text(m)).toContain('{6,8,10}');
});

test('a number that an attribute takes over', async () => {
  const soft = model('(float[2] x) => (float[2] y) <float a = {0.25}> { n = Mul (x, a) y = Max (x, n) }');
  const leaky = model('(float[2] x) => (float[2] y) { y = LeakyRelu <alpha = 0.25> (x) }');
  const { rule } = await learnRule(soft, leaky, { verify: () => true });
  const m = model('(float[2] x) => (float[2] y) <float a = {0.5}> { n = Mul (x, a) y = Max (x, n) }');
  apply(m, [rule]);
  expect(text(m)).toContain('LeakyRelu <alpha: float = 0.5> (x)');
});

test('models that do not differ, or of which the second knows more, teach nothing', async () => {
  await expect(learnRule(before(), before())).rejects.toThrow('the graphs do not differ');
  const random = model(
    '(float[2,3] x) => (float[2,3] y) <float[2,3] k = {1,2,3,4,5,6}> { y = Add (x, k) }',
    24,
  );
  await expect(learnRule(before(), random)).rejects.toThrow('constant k is new');
});
