import { test } from 'vitest';
import { expectNodes, expectUnchanged, weight } from '../../test/support.ts';
import { foldTransposeIntoGemm } from './transpose-matmul.ts';

const w = weight('w', [3, 4]);
const turned = (x = 'float[3,5] x', node = 'y = Gemm (t, w)', perm = '<perm = [1, 0]> '): string =>
  `(${x}) => (float[5,4] y) <${w}> { t = Transpose ${perm}(x) ${node} }`;

test('Gemm reads its matrices transposed', () => {
  expectNodes(foldTransposeIntoGemm, turned(), 'y = Gemm <transA: int = 1, transB: int = 0> (x, w)');
  expectNodes(
    foldTransposeIntoGemm,
    turned('float[3,5] x', 'y = Gemm (t, w)', ''),
    'y = Gemm <transA: int = 1, transB: int = 0> (x, w)',
  );
  expectNodes(
    foldTransposeIntoGemm,
    turned('float[5,3] x', 'y = Gemm <transA = 1, alpha = 0.5> (t, w)'),
    'y = Gemm <transA: int = 0, alpha: float = 0.5, transB: int = 0> (x, w)',
  );
});

test('MatMul of a transposed matrix is a Gemm, from opset 11 on', () => {
  expectNodes(
    foldTransposeIntoGemm,
    turned('float[3,5] x', 'y = MatMul (t, w)'),
    'y = Gemm <transA: int = 1, transB: int = 0> (x, w)',
  );
  expectUnchanged(foldTransposeIntoGemm, turned('float[3,5] x', 'y = MatMul (t, w)'), { opset: 10 });
  const right = '(float[5,3] x, float[4,3] z) => (float[5,4] y) { t = Transpose (z) y = MatMul (x, t) }';
  expectNodes(foldTransposeIntoGemm, right, 'y = Gemm <transA: int = 0, transB: int = 1> (x, z)');
});

test('batches of matrices stay', () => {
  const graph =
    '(float[2,3,5] x, float[3,4] z) => (float[2,5,4] y) { t = Transpose <perm = [0, 2, 1]> (x) y = MatMul (t, z) }';
  expectUnchanged(foldTransposeIntoGemm, graph);
});

test('a permutation that moves nothing is not a transposition', () => {
  expectUnchanged(foldTransposeIntoGemm, turned('float[5,3] x', 'y = Gemm (t, w)', '<perm = [0, 1]> '));
});
