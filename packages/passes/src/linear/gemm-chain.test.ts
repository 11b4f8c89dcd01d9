import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { mergeGemmChain } from './gemm-chain.ts';

const w = weight('w', [3, 4]);
const wT = weight('w', [4, 3]);
const b = weight('b', [4]);
const v = weight('v', [4, 2]);
const c = weight('c', [2]);

const two = (first: string, second: string, weights: readonly string[], x = 'float[5,3] x'): string =>
  `(${x}) => (float[5,2] y) <${weights.join(', ')}> { t = ${first} y = ${second} }`;

test('Gemm after Gemm is one Gemm', () => {
  expectNodes(
    mergeGemmChain,
    two('Gemm (x, w, b)', 'Gemm (t, v, c)', [w, b, v, c]),
    'y = Gemm (x, v_1, c_1)',
  );
});

test('alpha, beta and transB are multiplied in, transA of the first stays', () => {
  const first = 'Gemm <alpha = 0.5, beta = 3.0, transA = 1, transB = 1> (x, w, b)';
  const second = 'Gemm <alpha = 2.5, beta = 2.0> (t, v, c)';
  expectNodes(
    mergeGemmChain,
    two(first, second, [wT, b, v, c], 'float[3,5] x'),
    'y = Gemm <transA: int = 1> (x, v_1, c_1)',
  );
});

test('MatMul of matrices takes part, and one bias is enough', () => {
  expectNodes(mergeGemmChain, two('MatMul (x, w)', 'Gemm (t, v, c)', [w, v, c]), 'y = Gemm (x, v_1, c_1)');
  expectNodes(mergeGemmChain, two('Gemm (x, w, b)', 'MatMul (t, v)', [w, b, v]), 'y = Gemm (x, v_1, v_bias)');
});

test('without any bias the opset must do without one', () => {
  const graph = two('Gemm (x, w)', 'Gemm (t, v)', [w, v]);
  expectNodes(mergeGemmChain, graph, 'y = Gemm (x, v_1)', { opset: 11 });
});

test('a bias may be one number, or a row of rank 2', () => {
  const k = constant('b', [1], [0.5]);
  const row = weight('c', [1, 2]);
  expectNodes(
    mergeGemmChain,
    two('Gemm (x, w, b)', 'Gemm (t, v, c)', [w, k, v, row]),
    'y = Gemm (x, v_1, c_1)',
  );
});

test('a bias that differs by row, or is not a constant, stays', () => {
  const column = weight('b', [5, 1]);
  expectUnchanged(mergeGemmChain, two('Gemm (x, w, b)', 'Gemm (t, v, c)', [w, column, v, c]), {
    reason: 'bias-not-a-row',
  });
  expectUnchanged(
    mergeGemmChain,
    two('Gemm (x, w, b)', 'Gemm (t, v, c)', [w, v, c], 'float[5,3] x, float[4] b'),
  );
});

test('a product that would be larger stays in two', () => {
  const graph = `(float[5,6] x) => (float[5,6] y) <${weight('a', [6, 1])}, ${weight('d', [1, 6])}, ${weight('e', [6])}> {
    t = MatMul (x, a) y = Gemm (t, d, e) }`;
  expectUnchanged(mergeGemmChain, graph, { reason: 'merged-is-larger' });
});

test('weights must be constants', () => {
  expectUnchanged(
    mergeGemmChain,
    two('Gemm (x, w, b)', 'Gemm (t, v, c)', [b, v, c], 'float[5,3] x, float[3,4] w'),
  );
  const overridable = `(float[5,3] x, float[4,2] v) => (float[5,2] y) <${[w, b, v, c].join(', ')}> {
    t = Gemm (x, w, b) y = Gemm (t, v, c) }`;
  expectUnchanged(mergeGemmChain, overridable);
});

test('what lies between must be read by nobody else', () => {
  const graph = `(float[5,3] x) => (float[5,2] y, float[5,4] t) <${[w, b, v, c].join(', ')}> {
    t = Gemm (x, w, b) y = Gemm (t, v, c) }`;
  expectUnchanged(mergeGemmChain, graph);
});

test('a second Gemm that transposes what it gets stays', () => {
  const graph = `(float[4,3] x) => (float[4,2] y) <${[w, b, v, c].join(', ')}> {
    t = Gemm (x, w, b) y = Gemm <transA = 1> (t, v, c) }`;
  expectUnchanged(mergeGemmChain, graph);
});

test('weights that overflow when multiplied stay', () => {
  const huge = (name: string, dims: readonly number[]): string =>
    constant(name, dims, new Array<number>(dims.reduce((p, d) => p * d, 1)).fill(1e30));
  expectUnchanged(
    mergeGemmChain,
    two('Gemm (x, w, b)', 'Gemm (t, v, c)', [huge('w', [3, 4]), b, huge('v', [4, 2]), c]),
    {
      reason: 'not-finite',
    },
  );
});
