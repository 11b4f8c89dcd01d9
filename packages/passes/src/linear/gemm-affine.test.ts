import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, positive, weight } from '../../test/support.ts';
import { foldAffineIntoGemm } from './gemm-affine.ts';

const w = weight('w', [3, 4]);
const b = weight('b', [4]);

const graph = (nodes: string, constants: readonly string[], y = 'float[5,4] y', x = 'float[5,3] x'): string =>
  `(${x}) => (${y}) <${constants.join(', ')}> { ${nodes} }`;

test('Mul, Div, Add and Sub of a row go into Gemm', () => {
  const k = positive('k', [4]);
  const expected = (first: string): string => `y = Gemm <beta: float = 1> (x, ${first}, b_1)`;
  expectNodes(foldAffineIntoGemm, graph('g = Gemm (x, w, b) y = Mul (g, k)', [w, b, k]), expected('w_1'));
  expectNodes(foldAffineIntoGemm, graph('g = Gemm (x, w, b) y = Div (g, k)', [w, b, k]), expected('w_1'));
  expectNodes(foldAffineIntoGemm, graph('g = Gemm (x, w, b) y = Add (k, g)', [w, b, k]), expected('w'));
  expectNodes(foldAffineIntoGemm, graph('g = Gemm (x, w, b) y = Sub (g, k)', [w, b, k]), expected('w'));
});

test('alpha, beta and transB are respected', () => {
  const text = graph('g = Gemm <alpha = 0.5, beta = 2.0, transB = 1> (x, w, b) y = Mul (g, k)', [
    weight('w', [4, 3]),
    b,
    weight('k', [1, 4]),
  ]);
  expectNodes(
    foldAffineIntoGemm,
    text,
    'y = Gemm <alpha: float = 0.5, beta: float = 1, transB: int = 1> (x, w_1, b_1)',
  );
});

test('BatchNormalization over columns goes into Gemm, and makes a Gemm of MatMul', () => {
  const norm = [positive('g', [4]), weight('o', [4]), weight('m', [4]), positive('v', [4])];
  const bn = 'y = BatchNormalization (c, g, o, m, v)';
  expectNodes(
    foldAffineIntoGemm,
    graph(`c = Gemm (x, w, b) ${bn}`, [w, b, ...norm]),
    'y = Gemm <beta: float = 1> (x, w_1, b_1)',
  );
  expectNodes(
    foldAffineIntoGemm,
    graph(`c = MatMul (x, w) ${bn}`, [w, ...norm]),
    'y = Gemm (x, w_1, w_bias)',
  );
});

test('a factor goes into the weight of MatMul, whatever the rank', () => {
  const text = graph(
    'c = MatMul (x, w) y = Mul (c, k)',
    [w, weight('k', [4])],
    'float[2,5,4] y',
    'float[2,5,3] x',
  );
  expectNodes(foldAffineIntoGemm, text, 'y = MatMul (x, w_1)');
});

test('BatchNormalization of rank 3 has its channels elsewhere', () => {
  const norm = [positive('g', [4]), weight('o', [4]), weight('m', [4]), positive('v', [4])];
  const text = graph(
    'c = MatMul (x, w) y = BatchNormalization (c, g, o, m, v)',
    [w, ...norm],
    'float[2,4,4] y',
    'float[2,4,3] x',
  );
  expectUnchanged(foldAffineIntoGemm, text, { reason: 'not-along-columns' });
});

test.for([
  ['differs by row', [5, 1], 'float[5,4] y'],
  ['raises the rank', [1, 1, 4], 'float[1,5,4] y'],
] as const)('a constant that %s stays', ([, dims, y]) => {
  expectUnchanged(
    foldAffineIntoGemm,
    graph('g = Gemm (x, w, b) y = Mul (g, k)', [w, b, weight('k', dims)], y),
    {
      reason: 'not-along-columns',
    },
  );
});

test('a bias that differs by row stays', () => {
  expectUnchanged(
    foldAffineIntoGemm,
    graph('g = Gemm (x, w, b) y = Mul (g, k)', [w, weight('b', [5, 1]), weight('k', [4])]),
    {
      reason: 'bias-not-a-row',
    },
  );
});

test('a product that something else reads, or weights that are not constants, stay', () => {
  const k = weight('k', [4]);
  expectUnchanged(
    foldAffineIntoGemm,
    graph('g = Gemm (x, w, b) y = Mul (g, k)', [w, b, k], 'float[5,4] y, float[5,4] g'),
  );
  expectUnchanged(
    foldAffineIntoGemm,
    graph('g = Gemm (x, w, b) y = Mul (g, k)', [b, k], 'float[5,4] y', 'float[5,3] x, float[3,4] w'),
  );
});

test('infinite factors stay', () => {
  const k = constant('k', [4], ['1', 'inf', '1', '1']);
  expectUnchanged(foldAffineIntoGemm, graph('g = Gemm (x, w, b) y = Mul (g, k)', [w, b, k]), {
    reason: 'not-finite',
  });
});
