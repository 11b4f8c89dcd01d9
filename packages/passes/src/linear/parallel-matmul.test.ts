import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectNodes,
  expectUnchanged,
  nodes,
  run,
  weight,
} from '../../test/support.ts';
import { foldConstants } from '../constants/fold.ts';
import { mergeParallelMatMuls } from './parallel-matmul.ts';

const [a, b, c] = [weight('a', [6, 4]), weight('b', [6, 4]), weight('c', [6, 2])];
const outputs = 'float[2,5,4] p, float[2,5,4] q, float[2,5,2] r';

const three = (nodes: string, weights: readonly string[] = [a, b, c], x = 'float[2,5,6] x'): string =>
  `(${x}) => (${outputs}) <${weights.join(', ')}> { ${nodes} }`;

const plain = 'p = MatMul (x, a) q = MatMul (x, b) r = MatMul (x, c)';

test('three products of one value become one product and a Split', () => {
  const { after } = expectNodes(mergeParallelMatMuls, three(plain), [
    'MatMul = MatMul (x, a_1)',
    'p, q, r = Split <axis: int = 2> (MatMul, split)',
  ]);
  expect([...after.graph.initializers].map((v) => `${v.name} ${v.tensor?.dims}`)).toEqual([
    'a_1 6,10',
    'split 3',
  ]);
});

test('before opset 13 the sizes are an attribute', () => {
  expectNodes(
    mergeParallelMatMuls,
    three(plain),
    ['MatMul = MatMul (x, a_1)', 'p, q, r = Split <axis: int = 2, split: ints = [4, 4, 2]> (MatMul)'],
    { opset: 11 },
  );
});

test('products with biases become a product, an addition and a Split, from two on', () => {
  const biases = [weight('d', [4]), weight('e', [1, 1, 4])];
  const graph = `(float[2,5,6] x) => (float[2,5,4] p, float[2,5,4] q) <${[a, b, ...biases].join(', ')}> {
    t = MatMul (x, a) p = Add (t, d) u = MatMul (x, b) q = Add (e, u) }`;
  expectNodes(mergeParallelMatMuls, graph, [
    'MatMul = MatMul (x, a_1)',
    'Add = Add (MatMul, a_bias)',
    'p, q = Split <axis: int = 2> (Add, split)',
  ]);
});

test('Gemms with transposed weights and biases become one Gemm and a Split', () => {
  const weights = ['a', 'b', 'c'].map((n) => weight(n, [4, 6]));
  const biases = ['d', 'e', 'f'].map((n) => weight(n, [4]));
  const gemm = (y: string, w: string, k: string): string => `${y} = Gemm <transB = 1> (x, ${w}, ${k})`;
  const graph = `(float[5,6] x) => (float[5,4] p, float[5,4] q, float[5,4] r) <${[...weights, ...biases].join(', ')}> {
    ${gemm('p', 'a', 'd')} ${gemm('q', 'b', 'e')} ${gemm('r', 'c', 'f')} }`;
  expectNodes(mergeParallelMatMuls, graph, [
    'Gemm = Gemm <transB: int = 1> (x, a_1, a_bias)',
    'p, q, r = Split <axis: int = 1> (Gemm, split)',
  ]);
});

test('two products without biases would become as many nodes', () => {
  const graph = `(float[2,5,6] x) => (float[2,5,4] p, float[2,5,4] q) <${a}, ${b}> {
    p = MatMul (x, a) q = MatMul (x, b) }`;
  expectUnchanged(mergeParallelMatMuls, graph);
});

test('readers of the later products may stand before the first one is needed', () => {
  const graph = `(float[5,6] x) => (float[5,4] y) <${weight('a', [6, 4])}, ${weight('b', [6, 4])}, ${weight('c', [6, 4])}> {
    p = MatMul (x, a) s = Relu (p) q = MatMul (x, b) t = Add (s, q) r = MatMul (x, c) y = Mul (t, r) }`;
  expectNodes(mergeParallelMatMuls, graph, [
    'MatMul = MatMul (x, a_1)',
    'p, q, r = Split <axis: int = 1> (MatMul, split)',
    's = Relu (p)',
    't = Add (s, q)',
    'y = Mul (t, r)',
  ]);
});

test('products with the value on the right have nothing in common', () => {
  const square = ['a', 'b', 'c'].map((n) => weight(n, [6, 6]));
  const graph = `(float[6,6] x) => (float[6,6] p, float[6,6] q, float[6,6] r) <${square.join(', ')}> {
    p = MatMul (x, a) q = MatMul (b, x) r = MatMul (x, c) }`;
  expectUnchanged(mergeParallelMatMuls, graph);
});

test('vectors, batches of matrices, and integers stay', () => {
  const vectors = ['a', 'b', 'c'].map((n) => weight(n, [6]));
  const flat = `(float[2,5,6] x) => (float[2,5] p, float[2,5] q, float[2,5] r) <${vectors.join(', ')}> { ${plain} }`;
  expectUnchanged(mergeParallelMatMuls, flat);
  const batches = ['a', 'b', 'c'].map((n) => weight(n, [2, 6, 4]));
  const batched = `(float[2,5,6] x) => (float[2,5,4] p, float[2,5,4] q, float[2,5,4] r) <${batches.join(', ')}> { ${plain} }`;
  expectUnchanged(mergeParallelMatMuls, batched);
  const numbers = ['a', 'b', 'c'].map((n) => constant(n, [1, 2], [1, 2], 'int64'));
  const integers = `(int64[5,1] x) => (int64[5,2] p, int64[5,2] q, int64[5,2] r) <${numbers.join(', ')}> { ${plain} }`;
  expectUnchanged(mergeParallelMatMuls, integers);
});

test('a weight that something else reads, or that a caller may override, stays', () => {
  const shared = `(float[2,5,6] x) => (${outputs}, float[6,4] s) <${[a, b, c].join(', ')}> { ${plain} s = Relu (a) }`;
  expectUnchanged(mergeParallelMatMuls, shared);
  expectUnchanged(mergeParallelMatMuls, three(plain, [a, b, c], 'float[2,5,6] x, float[6,4] b'));
});

test('a bias that widens the product is none', () => {
  const graph = `(float[5,6] x) => (float[3,5,4] p, float[3,5,4] q) <${a}, ${b}, ${weight('d', [3, 1, 4])}, ${weight('e', [3, 1, 4])}> {
    t = MatMul (x, a) p = Add (t, d) u = MatMul (x, b) q = Add (u, e) }`;
  expectUnchanged(mergeParallelMatMuls, graph);
});

test('Gemms with factors stay', () => {
  const weights = ['a', 'b', 'c'].map((n) => weight(n, [6, 4]));
  const graph = `(float[5,6] x) => (float[5,4] p, float[5,4] q, float[5,4] r) <${weights.join(', ')}> {
    p = Gemm <alpha = 2.0> (x, a) q = Gemm (x, b) r = Gemm (x, c) }`;
  expectUnchanged(mergeParallelMatMuls, graph);
});

test('products in a branch are not those outside', () => {
  const graph = `(float[5,6] x, bool k) => (float[5,4] y) <${weight('a', [6, 4])}, ${weight('b', [6, 4])}, ${weight('c', [6, 4])}> {
    p = MatMul (x, a)
    q = If (k) <then_branch = t () => (u) { u = MatMul (x, b) }, else_branch = e () => (v) { v = MatMul (x, c) }>
    y = Add (p, q) }`;
  expectUnchanged(mergeParallelMatMuls, graph);
});

test('which of the products can be merged last does not matter', () => {
  // The second weight has another reader, which is folded away when all products have been looked at.
  const graph = `(float[2,5,6] x) => (${outputs}, float[3,4] s)
    <${a}, ${b}, ${c}, ${weight('k', [3, 6])}> { ${plain} s = MatMul (k, b) }`;
  const outcome = run([mergeParallelMatMuls, foldConstants], graph);
  expect(nodes(outcome.after)).toMatch('p, q, r = Split');
  expectEqual(outcome);
});
