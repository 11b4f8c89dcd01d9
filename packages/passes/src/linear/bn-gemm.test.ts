import { test } from 'vitest';
import { expectNodes, expectUnchanged, positive, weight } from '../../test/support.ts';
import { foldBatchNormBeforeGemm } from './bn-gemm.ts';

const w = weight('w', [3, 4]);
const b = weight('b', [4]);
const norm = [positive('g', [3]), weight('o', [3]), weight('m', [3]), positive('v', [3])];
const bn = 'c = BatchNormalization (x, g, o, m, v)';

const graph = (nodes: string, constants: readonly string[], y = 'float[N,4] y', x = 'float[N,3] x'): string =>
  `(${x}) => (${y}) <${[...constants, ...norm].join(', ')}> { ${nodes} }`;

test('BatchNormalization goes into the Gemm after it', () => {
  expectNodes(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = Gemm (c, w, b)`, [w, b]),
    'y = Gemm <beta: float = 1> (x, w_1, b_1)',
  );
});

test('alpha, beta and transB are respected', () => {
  expectNodes(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = Gemm <alpha = 0.5, beta = 2.0, transB = 1> (c, w, b)`, [weight('w', [4, 3]), b]),
    'y = Gemm <alpha: float = 0.5, beta: float = 1, transB: int = 1> (x, w_1, b_1)',
  );
});

test('MatMul of matrices becomes a Gemm', () => {
  expectNodes(foldBatchNormBeforeGemm, graph(`${bn} y = MatMul (c, w)`, [w]), 'y = Gemm (x, w_1, w_bias)');
});

test('a normalization that something else reads, or of more axes, stays', () => {
  expectUnchanged(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = MatMul (c, w)`, [w], 'float[N,4] y, float[N,3] c'),
  );
  expectUnchanged(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = MatMul (c, w)`, [w], 'float[N,3,4] y', 'float[N,3,3] x'),
  );
});

test('transposed data, and a bias that differs by row, stay', () => {
  expectUnchanged(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = Gemm <transA = 1> (c, w, b)`, [w, b], 'float[3,4] y', 'float[3,3] x'),
  );
  expectUnchanged(
    foldBatchNormBeforeGemm,
    graph(`${bn} y = Gemm (c, w, b)`, [w, weight('b', [2, 4])], 'float[2,4] y', 'float[2,3] x'),
    { reason: 'bias-not-a-row' },
  );
});
