import { test } from 'vitest';
import { expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { mergeMatMulChain } from './matmul-chain.ts';

const [a, b] = [weight('a', [6, 6]), weight('b', [6, 3])];

test('constant matrices on the right become one', () => {
  const graph = `(float[2,5,6] x) => (float[2,5,3] y) <${a}, ${b}> { c = MatMul (x, a) y = MatMul (c, b) }`;
  expectNodes(mergeMatMulChain, graph, 'y = MatMul (x, b_1)');
});

test('constant matrices on the left become one', () => {
  const graph = `(float[6,2] x) => (float[3,2] y) <${a}, ${weight('b', [3, 6])}> { c = MatMul (a, x) y = MatMul (b, c) }`;
  expectNodes(mergeMatMulChain, graph, 'y = MatMul (b_1, x)');
});

test('a product that would be larger is not made', () => {
  const graph = `(float[5,6] x) => (float[5,6] y) <${weight('a', [6, 1])}, ${weight('b', [1, 6])}> { c = MatMul (x, a) y = MatMul (c, b) }`;
  expectUnchanged(mergeMatMulChain, graph, { reason: 'merged-is-larger' });
});

test('batches, integers, sides that differ, and shared products stay', () => {
  const batched = `(float[5,6] x) => (float[2,5,3] y) <${a}, ${weight('b', [2, 6, 3])}> { c = MatMul (x, a) y = MatMul (c, b) }`;
  expectUnchanged(mergeMatMulChain, batched);
  const integers =
    '(int32[2,1] x) => (int32[2,1] y) <int32[1,1] a = {2}, int32[1,1] b = {3}> { c = MatMul (x, a) y = MatMul (c, b) }';
  expectUnchanged(mergeMatMulChain, integers);
  const around = `(float[6,6] x) => (float[6,3] y) <${a}, ${b}> { c = MatMul (a, x) y = MatMul (c, b) }`;
  expectUnchanged(mergeMatMulChain, around);
  const shared = `(float[5,6] x) => (float[5,3] y, float[5,6] c) <${a}, ${b}> { c = MatMul (x, a) y = MatMul (c, b) }`;
  expectUnchanged(mergeMatMulChain, shared);
});
