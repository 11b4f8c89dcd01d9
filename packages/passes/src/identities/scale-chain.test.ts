import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { mergeScales } from './scale-chain.ts';

const graph = (k: number, l: number, nodes = 't = Mul (x, k) y = Mul (t, l)', type = 'float'): string =>
  `(${type}[2,3] x) => (${type}[2,3] y) <${constant('k', [], [k], type)}, ${constant('l', [1], [l], type)}> { ${nodes} }`;

test('factors that follow each other become one', () => {
  expectNodes(mergeScales, graph(0.5, 3), 'y = Mul (x, l_1)');
  expectNodes(mergeScales, graph(0.5, 3, 't = Mul (k, x) y = Mul (l, t)'), 'y = Mul (x, l_1)');
  expectNodes(mergeScales, graph(0.5, -3, undefined, 'double'), 'y = Mul (x, l_1)');
});

test('factors whose product could overflow where the original does not stay', () => {
  expectUnchanged(mergeScales, graph(1e30, 1e-30), { reason: 'factor-out-of-range' });
  expectUnchanged(mergeScales, graph(1e-30, 1e30), { reason: 'factor-out-of-range' });
  expectUnchanged(mergeScales, graph(0, 2), { reason: 'factor-out-of-range' });
});

test('integers wrap, and half floats overflow early: both stay', () => {
  expectUnchanged(mergeScales, graph(2, 3, undefined, 'int64'));
  expectUnchanged(mergeScales, graph(2, 3, undefined, 'float16'));
});

test('a first product that something else reads is left alone, but not waited for', () => {
  const both = graph(0.5, 3).replace('(float[2,3] y)', '(float[2,3] y, float[2,3] t)');
  expectNodes(mergeScales, both, ['t = Mul (x, k)', 'y = Mul (x, l_1)']);
});

test('any number of factors becomes one, but none whose product is out of range', () => {
  const chain = (k: number, l: number, m: number): string =>
    `(float[2] x) => (float[2] y) <${constant('k', [], [k])}, ${constant('l', [], [l])}, ${constant('m', [], [m])}> {
      s = Mul (x, k) t = Mul (s, l) u = Mul (t, m) y = Neg (u) }`;
  expectNodes(mergeScales, chain(0.5, 3, 7), ['u = Mul (x, m_1)', 'y = Neg (u)']);
  expectNodes(mergeScales, chain(0.5, 3, 1e30), ['t = Mul (x, l_1)', 'u = Mul (t, m)', 'y = Neg (u)']);
  expectNodes(mergeScales, chain(1e30, 3, 7), ['s = Mul (x, k)', 'u = Mul (s, m_1)', 'y = Neg (u)']);
});
