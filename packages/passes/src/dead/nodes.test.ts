import { expect, test } from 'vitest';
import { expectNodes, expectUnchanged, run } from '../../test/support.ts';
import { deadNodes } from './nodes.ts';

test('nodes that nobody reads go, and what only they read', () => {
  const { after } = expectNodes(
    deadNodes,
    '(float[2] x) => (float[2] y) <float k = {1}, float l = {2}> { a = Add (x, k) b = Exp (a) y = Add (x, l) }',
    'y = Add (x, l)',
  );
  expect([...after.graph.initializers].map((v) => v.name)).toEqual(['l']);
});

test('one output that is read keeps a node', () => {
  expectUnchanged(deadNodes, '(float[4] x) => (float[2] y) { y, z = Split <axis = 0, num_outputs = 2> (x) }');
});

test('inputs stay, read or not, and initializers that are inputs as well', () => {
  const { after } = run(
    deadNodes,
    '(float[2] x, float[2] z, float[1] k) => (float[2] y) <float[1] k = {1}> { y = Neg (x) }',
  );
  expect(after.graph.inputs.map((v) => v.name)).toEqual(['x', 'z', 'k']);
});

test('what only a branch reads is read', () => {
  expectUnchanged(
    deadNodes,
    `(float[2] x, bool c) => (float[2] y) { r = Relu (x)
      y = If (c) <then_branch = t () => (float[2] u) { u = Neg (r) }, else_branch = e () => (float[2] v) { v = Abs (x) }> }`,
  );
});

test('a branch loses what it does not need', () => {
  expectNodes(
    deadNodes,
    `(float[2] x, bool c) => (float[2] y) {
      y = If (c) <then_branch = t () => (float[2] u) { d = Exp (x) u = Neg (x) }, else_branch = e () => (float[2] v) { v = Abs (x) }> }`,
    'y = If (c) <then_branch: graph = t () => (float[2] u) { u = Neg (x) }, else_branch: graph = e () => (float[2] v) { v = Abs (x) }>',
  );
});

test('with an If goes what only its branches read', () => {
  expectNodes(
    deadNodes,
    `(float[2] x, bool c) => (float[2] y) { r = Relu (x)
      w = If (c) <then_branch = t () => (float[2] u) { u = Neg (r) }, else_branch = e () => (float[2] v) { v = Abs (r) }>
      y = Neg (x) }`,
    'y = Neg (x)',
  );
});

test('operators that nobody knows have no effects either', () => {
  const { changes } = run(deadNodes, '(float[2] x) => (float[2] y) { w = my.Print (x) y = Neg (x) }', {
    domains: ', "my" : 1',
  });
  expect(changes).toBe(1);
});
