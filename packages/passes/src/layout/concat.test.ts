import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { simplifyConcat } from './concat.ts';

test('Concat of Concat along the same axis is one', () => {
  const graph =
    '(float[2] x, float[3] z) => (float[7] y) { a = Concat <axis = 0> (x, z) y = Concat <axis = -1> (a, x) }';
  expectNodes(simplifyConcat, graph, 'y = Concat <axis: int = 0> (x, z, x)');
});

test('along another axis, or read elsewhere, the inner one stays', () => {
  const other =
    '(float[2,2] x) => (float[4,4] y) { a = Concat <axis = 0> (x, x) y = Concat <axis = 1> (a, a) }';
  expectUnchanged(simplifyConcat, other);
  const shared =
    '(float[2] x) => (float[6] y, float[4] a) { a = Concat <axis = 0> (x, x) y = Concat <axis = 0> (a, x) }';
  expectUnchanged(simplifyConcat, shared);
});

test('Split and Concat cancel when all parts come in order', () => {
  const graph = (concat: string): string =>
    `(float[4,4] x) => (float[4,4] y) { a, b = Split <axis = 1, num_outputs = 2> (x) c = Concat <axis = ${concat}) y = Neg (c) }`;
  expectNodes(simplifyConcat, graph('1> (a, b'), 'y = Neg (x)');
  expectNodes(simplifyConcat, graph('-1> (a, b'), 'y = Neg (x)');
  expectUnchanged(simplifyConcat, graph('1> (b, a'));
  expectUnchanged(simplifyConcat, graph('1> (a, a'));
  expectUnchanged(simplifyConcat, graph('0> (a, b').replace('float[4,4] y', 'float[8,2] y'));
});

test('parts that are missing are missed', () => {
  const graph = `(float[3] x) => (float[2] y) <${ints('s', 1, 1, 1)}> { a, b, c = Split <axis = 0> (x, s) y = Concat <axis = 0> (a, b) }`;
  expectUnchanged(simplifyConcat, graph);
});

test('empty operands go', () => {
  expectNodes(
    simplifyConcat,
    '(float[2] x, float[0] e) => (float[4] y) { y = Concat <axis = 0> (x, e, x) }',
    'y = Concat <axis: int = 0> (x, x)',
  );
  expectNodes(
    simplifyConcat,
    '(float[2] x, float[0] e) => (float[2] y) { t = Concat <axis = 0> (e, x) y = Neg (t) }',
    'y = Neg (x)',
  );
  expectUnchanged(
    simplifyConcat,
    '(float[0] x, float[0] e) => (float[0] y) { y = Concat <axis = 0> (e, x) }',
  );
});
