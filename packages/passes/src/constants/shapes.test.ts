import { test } from 'vitest';
import { expectNodes, expectUnchanged, ints } from '../../test/support.ts';
import { deadNodes } from '../dead/nodes.ts';
import { foldShapes } from './shapes.ts';

const passes = [foldShapes, deadNodes];

test('the shape of a value with static sizes is a constant', () => {
  expectNodes(
    passes,
    '(float[2,6] x, float[3,4] z) => (float[3,4] y) { s = Shape (z) y = Reshape (x, s) }',
    'y = Reshape (x, s)',
  );
});

test('one static size of a value with others', () => {
  const graph = `(float[N,6] x, float[6] z) => (float[6] y) <int64 i = {1}> { s = Shape (x) d = Gather (s, i) f = Cast <to = 1> (d) y = Mul (z, f) }`;
  expectNodes(passes, graph, ['f = Cast <to: int = 1> (d)', 'y = Mul (z, f)']);
});

test('arithmetic of sizes', () => {
  const graph = `(float[2,3,4] x) => (float[2,12] y) <int64 i = {1}, int64 j = {2}, ${ints('z', 0)}, ${ints('k', 2)}> {
    s = Shape (x) a = Gather (s, i) b = Gather (s, j) p = Mul (a, b) u = Unsqueeze (p, z) t = Concat <axis = 0> (k, u) y = Reshape (x, t) }`;
  expectNodes(passes, graph, 'y = Reshape (x, t)');
});

test('an output keeps a node that makes it', () => {
  expectNodes(
    passes,
    '(float[2,6] x) => (int64[2] y) { y = Shape (x) }',
    'y = Constant <value: tensor = int64[2] {2,6}> ()',
  );
});

test('symbolic sizes stay', () => {
  expectUnchanged(passes, '(float[N,6] x) => (int64[1] y) { y = Shape <start = 0, end = 1> (x) }');
});

test('a size that is known only once the model runs stays', () => {
  expectUnchanged(passes, '(int64[1] s) => (int64[1] y) { t = ConstantOfShape (s) y = Shape (t) }');
});
