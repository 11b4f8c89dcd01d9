import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged } from '../../test/support.ts';
import { removeNeutral } from './arithmetic.ts';

/** `op` between x and constants, read by an operator that stays. */
const graph = (node: string, k: string, type = 'float', x = '2,3', y = x, reader = 'Abs'): string =>
  `(${type}[${x}] x) => (${type}[${y}] y) <${k}> { t = ${node} y = ${reader} (t) }`;

const splat = (v: number | string, dims: readonly number[] = [], dtype = 'float'): string =>
  constant('k', dims, new Array<number | string>(dims.reduce((a, d) => a * d, 1)).fill(v), dtype);

test.for([
  ['Add (x, k)', 0],
  ['Add (k, x)', 0],
  ['Sub (x, k)', 0],
  ['Mul (x, k)', 1],
  ['Mul (k, x)', 1],
  ['Div (x, k)', 1],
  ['Pow (x, k)', 1],
  ['Max (x, k)', '-inf'],
  ['Max (k, x)', '-inf'],
  ['Min (k, x)', 'inf'],
] as const)('%s is x for k = %s', ([node, v]) => {
  expectNodes(removeNeutral, graph(node, splat(v)), 'y = Abs (x)');
  expectNodes(removeNeutral, graph(node, splat(v, [1, 3])), 'y = Abs (x)');
});

test('integers have no sign of zero', () => {
  expectNodes(
    removeNeutral,
    graph('Add (x, k)', splat(0, [], 'int64'), 'int64', '2,3', '2,3', 'Neg'),
    'y = Neg (x)',
  );
});

test.for(['Sub (k, x)', 'Div (k, x)', 'Pow (k, x)'])('%s is another function', (node) => {
  expectUnchanged(removeNeutral, graph(node, splat(node.startsWith('Sub') ? 0 : 1)));
});

test('a constant that is almost neutral is not', () => {
  expectUnchanged(removeNeutral, graph('Max (x, k)', splat('inf')));
  expectUnchanged(removeNeutral, graph('Min (x, k)', splat(3.4028234663852886e38)));
  expectUnchanged(removeNeutral, graph('Mul (x, k)', splat(1.0000001)));
  expectUnchanged(removeNeutral, graph('Add (x, k)', constant('k', [3], [0, 0, 1e-30])));
});

test('a constant that widens the operand stays', () => {
  expectUnchanged(removeNeutral, graph('Add (x, k)', splat(0, [1, 2, 3]), 'float', '2,3', '1,2,3'));
  expectUnchanged(removeNeutral, graph('Mul (x, k)', splat(1, [4, 1]), 'float', '1,3', '4,3'));
  const open = `(float[N] x) => (float[M] y) <${splat(1, [4])}> { t = Mul (x, k) y = Abs (t) }`;
  expectUnchanged(removeNeutral, open);
});

test('a constant that a caller may override stays', () => {
  expectUnchanged(
    removeNeutral,
    '(float[2] x, float k) => (float[2] y) <float k = {0}> { t = Add (x, k) y = Abs (t) }',
  );
});

test('adding +0 turns -0 into +0, which shows where something divides by it', () => {
  expectUnchanged(removeNeutral, graph('Add (x, k)', splat(0), 'float', '2,3', '2,3', 'Reciprocal'), {
    reason: 'zero-sign-matters',
  });
  expectNodes(
    removeNeutral,
    graph('Add (x, k)', splat('-0.0'), 'float', '2,3', '2,3', 'Reciprocal'),
    'y = Reciprocal (x)',
  );
  expectUnchanged(removeNeutral, graph('Sub (x, k)', splat('-0.0'), 'float', '2,3', '2,3', 'Reciprocal'));
});

test.for([
  ['And', 1],
  ['Or', 0],
  ['Xor', 0],
] as const)('%s with %s changes nothing', ([op, v]) => {
  expectNodes(
    removeNeutral,
    graph(`${op} (x, k)`, splat(v, [], 'bool'), 'bool', '2', '2', 'Not'),
    'y = Not (x)',
  );
  expectUnchanged(removeNeutral, graph(`${op} (x, k)`, splat(1 - v, [], 'bool'), 'bool', '2', '2', 'Not'));
});

test('an operator of another domain is not the standard one', () => {
  const functions =
    '<domain: "local", opset_import: ["" : 18]> Add (a, b) => (c) { d = Add (a, b) c = Neg (d) }';
  const text = `(float[2] x) => (float[2] y) <${splat(0)}> { y = local.Add (x, k) }`;
  expectUnchanged(removeNeutral, text, { domains: ', "local" : 1', functions });
});

test('the name of an output survives', () => {
  expectNodes(
    removeNeutral,
    `(float[2] x) => (float[2] y) <${splat(1)}> { t = Abs (x) y = Mul (t, k) }`,
    'y = Abs (x)',
  );
});

test.for([
  ['Max (x, k)', '-inf'],
  ['Max (k, x)', '-inf'],
  ['Min (x, k)', 'inf'],
] as const)('%s is x for k = %s', ([node, v]) => {
  expectNodes(removeNeutral, graph(node, splat(v)), 'y = Abs (x)');
  expectNodes(removeNeutral, graph(node, splat(v, [1, 3])), 'y = Abs (x)');
});

test.for([
  ['Max (x, k)', 'inf'],
  ['Min (x, k)', '-inf'],
  ['Max (x, k)', '-3.4028235e38'],
] as const)('%s is another function for k = %s', ([node, v]) => {
  expectUnchanged(removeNeutral, graph(node, splat(v)));
});

test('an infinity that widens x stays', () => {
  expectUnchanged(removeNeutral, graph('Max (x, k)', splat('-inf', [4, 2, 3]), 'float', '2,3', '4,2,3'));
});
