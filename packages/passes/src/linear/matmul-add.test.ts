import { test } from 'vitest';
import { expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { fuseMatMulAdd } from './matmul-add.ts';

const w = weight('w', [3, 4]);

const graph = (nodes: string, bias: string, y = '5,4', x = 'float[5,3] x'): string =>
  `(${x}) => (float[${y}] y) <${w}, ${bias}> { ${nodes} }`;

const sum = 'c = MatMul (x, w) y = Add (c, b)';

test.for([[4], [1, 4], [5, 4], [5, 1], [1], []].map((d) => [d] as const))(
  'a bias %j goes into Gemm',
  ([dims]) => {
    expectNodes(fuseMatMulAdd, graph(sum, weight('b', dims)), 'y = Gemm (x, w, b)');
    expectNodes(fuseMatMulAdd, graph(sum.replace('c, b', 'b, c'), weight('b', dims)), 'y = Gemm (x, w, b)');
  },
);

test('Sum of two is an addition', () => {
  expectNodes(fuseMatMulAdd, graph(sum.replace('Add', 'Sum'), weight('b', [4])), 'y = Gemm (x, w, b)');
});

test('a Gemm without C takes one', () => {
  expectNodes(
    fuseMatMulAdd,
    graph('c = Gemm <transA = 1> (x, w) y = Add (c, b)', weight('b', [4]), '5,4', 'float[3,5] x'),
    'y = Gemm <transA: int = 1, beta: float = 1> (x, w, b)',
  );
  expectUnchanged(fuseMatMulAdd, graph('c = Gemm (x, w, b) y = Add (c, b)', weight('b', [4])), {
    reason: 'bias-there',
  });
});

test('other ranks stay', () => {
  expectUnchanged(fuseMatMulAdd, graph(sum, weight('b', [4]), '2,5,4', 'float[2,5,3] x'));
});

test('a bias that widens the product stays', () => {
  expectUnchanged(fuseMatMulAdd, graph(sum, weight('b', [1, 1, 4]), '1,5,4'), {
    reason: 'bias-widens-shape',
  });
  expectUnchanged(fuseMatMulAdd, graph(sum, weight('b', [5, 4]), '5,4', 'float[1,3] x'), {
    reason: 'bias-widens-shape',
  });
  expectUnchanged(fuseMatMulAdd, graph(sum, weight('b', [5, 4]), '5,4', 'float[N,3] x'), {
    reason: 'bias-widens-shape',
  });
});

test('integers stay: few engines have an integer Gemm', () => {
  const text = `(int32[5,3] x) => (int32[5,4] y) <${weight('w', [3, 4]).replace(/float.*/, 'int32[3,4] w = {1,2,3,4,5,6,7,8,9,1,2,3}')}, int32[4] b = {1,2,3,4}> { ${sum} }`;
  expectUnchanged(fuseMatMulAdd, text);
});

test('a product that something else reads stays', () => {
  expectUnchanged(
    fuseMatMulAdd,
    `(float[5,3] x) => (float[5,4] y, float[5,4] c) <${w}, ${weight('b', [4])}> { ${sum} }`,
  );
  expectUnchanged(
    fuseMatMulAdd,
    `(float[5,3] x) => (float[5,4] y) <${w}> { c = MatMul (x, w) y = Add (c, c) }`,
  );
});
