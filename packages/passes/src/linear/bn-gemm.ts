import { gemm as gemmOperator, type Tensor, viewAs } from '@refold/ir';
import { absent, constant, named, no, oneOf, op, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { affine, affineOf, at } from './affine.ts';
import { isRow } from './gemm-affine.ts';
import type { Layer } from './layer.ts';
import { matrixOf } from './matrix-product.ts';
import { finished, mayRewrite, scaleMatrix } from './weights.ts';

/** What a product and its sum are made of: alpha A B + beta C. */
interface Factors {
  readonly transB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

function factorsOf({ layer }: Layer): Factors {
  const view = layer.is('Gemm') ? viewAs(layer, gemmOperator) : undefined;
  const { transB = false, alpha = 1, beta = 1 } = view ?? {};
  return { transB, alpha, beta };
}

/** alpha t B + beta C, a row. */
function shiftedRow({ w, bias }: Layer, factors: Factors, shift: ArrayLike<number>): Tensor | undefined {
  const { rows, columns, values } = matrixOf(w.tensor, factors.transB);
  const before = bias?.floats();
  const out = Float64Array.from({ length: columns }, (_, c) => (before ? at(before, c) * factors.beta : 0));
  for (let r = 0; r < rows; r += 1) {
    const factor = at(shift, r) * factors.alpha;
    for (let c = 0; c < columns; c += 1)
      out[c] = (out[c] as number) + factor * (values[r * columns + c] as number);
  }
  return finished(w.dtype, [columns], out);
}

const normalized = affine(value('x', { rank: 2 }), ['normalize'], { singleUse: true });
const weight = constant('w', { dtype: 'float', dims: ['_', '_'] });
const bias = oneOf('biased', { constant: constant('bias', { dtype: 'float' }), none: absent });

const batchNormGemm: Rule = rule({
  name: 'linear/bn-gemm',
  doc: 'Gemm(BatchNormalization(x), B, C) = Gemm(x, k B, C + t B), likewise MatMul of matrices',
  match: oneOf('form', {
    gemm: named('layer', op('Gemm', [normalized, weight, bias], { params: { transA: false } })),
    matmul: named('layer', op('MatMul', [normalized, weight])),
  }),
  guard: (m) => {
    if (!isRow(m)) return no('bias-not-a-row', 'bias');
    return mayRewrite(m.w) ? yes : no('weight-shared', 'w');
  },
  build: (m, b) => {
    const { x, w, layer } = m;
    const factors = factorsOf(m);
    const numbers = affineOf(m);
    const scaled = numbers && scaleMatrix(w.tensor, factors.transB ? 1 : 0, numbers.scale);
    const row = numbers && shiftedRow(m, factors, numbers.shift);
    if (!scaled || !row) return b.refuse('not-finite', 'w');
    const name = m.bias?.value?.name ?? `${w.value?.name}_bias`;
    const attributes = layer.is('Gemm') ? { ...Object.fromEntries(layer.attributes), beta: 1 } : {};
    return b.node('Gemm', [x, b.constant(scaled, w.value?.name), b.constant(row, name)], attributes);
  },
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['torch.onnx: BatchNorm1d before Linear, in heads and in networks for tables'],
  traps: ['a bias that differs by row', 'a normalization that something else reads', 'transposed data'],
  instances: [
    { shapes: { x: ['N', 'channels'], w: ['channels', 5], bias: [5] }, choices: { form: 'gemm' } },
    {
      shapes: { x: ['N', 'channels'], w: [5, 'channels'], bias: [1, 5] },
      values: { transB: 1, alpha: 0.5, beta: 2 },
      choices: { form: 'gemm' },
    },
    { shapes: { x: ['N', 'channels'], w: ['channels', 5] }, choices: { form: 'matmul' } },
  ],
});

export const foldBatchNormBeforeGemm: Pass = passOf(
  batchNormGemm,
  'fold BatchNormalization into the Gemm or MatMul after it',
);
