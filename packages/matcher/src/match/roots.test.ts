import { expect, test } from 'vitest';
import { apply, find, model, text } from '../../test/support.ts';
import { constant, op, roots, rule, value } from '../index.ts';

const x = value('x');
const pair = roots({
  first: op('MatMul', [x, constant('p')]),
  second: op('MatMul', [x, constant('q')]),
});

const body = '<float[2,2] p = {1,2,3,4}, float[2,2] q = {5,6,7,8}>';

test('roots are found through what they share', () => {
  const m = model(
    `(float[2,2] a) => (float[2,2] u, float[2,2] v) ${body} { u = MatMul (a, p) v = MatMul (a, q) }`,
  );
  const found = find(m, pair).map((f) => [f.first, f.second].map((r) => (r as { name: string }).name));
  expect(found).toEqual([
    ['u', 'v'],
    ['v', 'u'],
  ]);
});

test('two roots are two values', () => {
  const m = model('(float[2,2] a) => (float[2,2] u) <float[2,2] p = {1,2,3,4}> { u = MatMul (a, p) }');
  expect(find(m, pair)).toEqual([]);
});

const swapRoots = rule({
  name: 'test/both',
  doc: 'MatMul(x, p), MatMul(x, q) = Gemm(x, p), Gemm(x, q)',
  match: pair,
  build: (m, b) => ({
    first: b.node('Gemm', [m.x, m.p.value]),
    second: b.node('Gemm', [m.x, m.q.value]),
  }),
  exactness: 'reassociate',
  phase: 'fuse',
});

test('both roots are replaced', () => {
  const m = model(
    `(float[2,2] a) => (float[2,2] u, float[2,2] v) ${body} { u = MatMul (a, p) v = MatMul (a, q) }`,
  );
  expect(apply(m, [swapRoots]).applied).toEqual({ 'test/both': 1 });
  expect(text(m)).toContain('u = Gemm (a, p)');
  expect(text(m)).toContain('v = Gemm (a, q)');
});

const joined = rule({
  name: 'test/joined',
  doc: 'two products of one value become one of a Sum, which needs both first operands',
  match: roots({ first: op('MatMul', [x, 'p']), second: op('MatMul', [x, 'q']) }),
  build: (m, b) => {
    const both = b.nodeN('Split', 2, [b.node('MatMul', [m.x, b.node('Concat', [m.p, m.q], { axis: 1 })])], {
      axis: 1,
      num_outputs: 2,
    });
    const [first, second] = both;
    return first && second ? { first, second } : b.fail('no-outputs');
  },
  exactness: 'exact',
  phase: 'fuse',
  grows: true,
  decreases: 'products',
});

test('a root that depends on the other is refused: the graph would have a cycle', () => {
  const m = model(
    '(float[2,2] a, float[2,2] p) => (float[2,2] v) { u = MatMul (a, p) q = Relu (u) v = MatMul (a, q) }',
  );
  const before = text(m);
  expect(apply(m, [joined]).applied).toEqual({});
  expect(text(m)).toBe(before);
});

test('a root whose operand is made after a user of the other is refused or put in order', () => {
  const m = model(
    '(float[2,2] a, float[2,2] p, float[2,2] b) => (float[2,2] r, float[2,2] v) { u = MatMul (a, p) q = Relu (b) r = Relu (u) v = MatMul (a, q) }',
  );
  expect(apply(m, [joined]).applied).toEqual({ 'test/joined': 1 });
  const order = text(m);
  expect(order.indexOf('q = Relu')).toBeLessThan(order.indexOf('MatMul'));
});
