import { expect, test } from 'vitest';
import { expectNodes, expectUnchanged, run } from '../../test/support.ts';
import { removeIdentity } from './identity.ts';

test('Identity is gone, and outputs keep their names', () => {
  expectNodes(removeIdentity, '(float[2] x) => (float[2] y) { t = Identity (x) y = Neg (t) }', 'y = Neg (x)');
  expectNodes(removeIdentity, '(float[2] x) => (float[2] y) { t = Neg (x) y = Identity (t) }', 'y = Neg (x)');
});

test('variadic operators of one operand are their operand', () => {
  for (const op of ['Sum', 'Mean', 'Max', 'Min', 'Concat <axis = 0>']) {
    expectNodes(removeIdentity, `(float[2] x) => (float[2] y) { t = ${op} (x) y = Neg (t) }`, 'y = Neg (x)');
  }
  expectUnchanged(removeIdentity, '(float[2] x) => (float[2] y) { y = Sum (x, x) }');
});

test('an Identity from an input to an output carries the name', () => {
  expectUnchanged(removeIdentity, '(float[2] x) => (float[2] y) { y = Identity (x) }');
});

test('one of two outputs of the same value stays an Identity', () => {
  expectNodes(removeIdentity, '(float[2] x) => (float[2] y, float[2] z) { y = Neg (x) z = Identity (y) }', [
    'y = Neg (x)',
    'z = Identity (y)',
  ]);
});

test('sequences pass as well', () => {
  expectNodes(
    removeIdentity,
    '(float[2] x) => (int64 y) { s = SequenceConstruct (x) t = Identity (s) y = SequenceLength (t) }',
    ['s = SequenceConstruct (x)', 'y = SequenceLength (s)'],
  );
});

test('states of a loop that swap stay apart', () => {
  const graph = `(float[2] x, float[2] z, int64 m, bool c) => (float[2] y, float[2] w) {
    y, w = Loop (m, c, x, z) <body = b (int64 i, bool ci, float[2] s, float[2] t)
      => (bool co, float[2] so, float[2] to) { so = Identity (t) to = Identity (s) co = Identity (ci) }> }`;
  expectUnchanged(removeIdentity, graph);
});

test('a chain goes at once, up to what something else reads', () => {
  const chain =
    '(float[2] x) => (float[2] y) { a = Identity (x) b = Identity (a) c = Identity (b) y = Neg (c) }';
  expect(run(removeIdentity, chain).changes).toBe(1);
  expectNodes(removeIdentity, chain, 'y = Neg (x)');
  expectNodes(removeIdentity, chain.replace('(float[2] y)', '(float[2] y, float[2] b)'), [
    'b = Identity (x)',
    'y = Neg (x)',
  ]);
});
