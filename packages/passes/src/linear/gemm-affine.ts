import { constantTensor, isFloat, type Node, tensorFloats, type Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf, viewFlag, viewNumber } from '../support/view.ts';
import { type Affine, affineOf, at } from './affine.ts';
import { affineBias, mayRewrite, scaleMatrix } from './weights.ts';

/** Columns of a matrix product: the last axis. BatchNormalization only runs along it at rank 2. */
const columnAxis = (rank: number): number => rank - 1;

/** (alpha A B + beta C) * k + t = alpha A (B k) + (beta C k + t), with beta 1 from then on. */
function absorbIntoGemm(gemm: Node, { scale, shift }: Affine, b: Builder, q: Query): Value {
  const [a, w, c] = gemm.inputs;
  const weight = w && constantTensor(w);
  const bias = c && constantTensor(c);
  const alpha = viewNumber(gemm, 'alpha');
  const beta = viewNumber(gemm, 'beta');
  const transB = viewFlag(gemm, 'transB');
  if (!a || !w || !weight || (c && !bias)) return b.fail('weight-not-constant');
  if (!isFloat(weight.dtype) || alpha === undefined || beta === undefined || transB === undefined)
    return b.fail('type');
  const columns = weight.dims[transB ? 0 : 1] ?? 0;
  const unscaled = scale.length === 1 && scale[0] === 1;
  if (!unscaled && !mayRewrite(w, weight)) return b.fail('weight-shared');
  const scaled = unscaled ? weight : scaleMatrix(weight, transB ? 0 : 1, scale);
  const old = biasRow(bias && tensorFloats(bias), bias?.dims ?? [], columns, beta);
  if (old === 'not-a-row') return b.fail('bias-not-a-row');
  const shifted = affineBias(weight.dtype, columns, old, scale, shift);
  if (!scaled || !shifted) return b.fail('not-finite');
  if (q.opset < 7) return b.fail('opset');
  return b.node(
    'Gemm',
    [a, scaled === weight ? w : b.constant(scaled, w.name), b.constant(shifted, c?.name ?? `${w.name}_bias`)],
    { ...Object.fromEntries(gemm.attributes), beta: 1 },
  );
}

/** beta C as one element a column; undefined when there is none. */
function biasRow(
  bias: Float64Array | undefined,
  dims: readonly number[],
  columns: number,
  beta: number,
): Float64Array | undefined | 'not-a-row' {
  if (!bias || beta === 0) return undefined;
  if (dims.length > 2 || (dims.length === 2 && dims[0] !== 1)) return 'not-a-row';
  if (bias.length !== 1 && bias.length !== columns) return 'not-a-row';
  return Float64Array.from({ length: columns }, (_, i) => at(bias, i) * beta);
}

const gemm = nodeRule({
  name: 'linear/gemm-affine',
  doc: 'Gemm(A, B, C) * k + t = Gemm(A, B k, C k + t) for constants with one element a column',
  ops: ['BatchNormalization', 'Add', 'Sub', 'Mul', 'Div'],
  over: ['Gemm'],
  exactness: 'reassociate',
  emits: [{ op: 'Gemm', since: 7 }],
  rewrite: (node, b, q) => {
    const before = node.inputs.map((v) => soleProducerOf(v, 'Gemm')).find((n) => n !== undefined);
    if (!before) return undefined;
    const affine = affineOf(node, columnAxis);
    if (!affine || affine.x.producer !== before) return b.fail('not-along-columns');
    return absorbIntoGemm(before, affine, b, q);
  },
});

/** MatMul(x, B) * k = MatMul(x, B k); a shift needs a bias, which only Gemm has. */
const matmul = nodeRule({
  name: 'linear/matmul-affine',
  doc: 'MatMul(A, B) * k = MatMul(A, B k); BatchNormalization(MatMul(A, B)) = Gemm(A, B k, t) for matrices',
  ops: ['BatchNormalization', 'Mul', 'Div'],
  over: ['MatMul'],
  exactness: 'reassociate',
  emits: [
    { op: 'MatMul', since: 1 },
    { op: 'Gemm', since: 7 },
  ],
  rewrite: (node, b) => {
    const before = node.inputs.map((v) => soleProducerOf(v, 'MatMul')).find((n) => n !== undefined);
    if (!before) return undefined;
    const [a, w] = before.inputs;
    const weight = w && constantTensor(w);
    const affine = affineOf(node, columnAxis);
    if (!a || !w || !weight || weight.rank !== 2 || !isFloat(weight.dtype))
      return b.fail('weight-not-constant');
    if (!affine || affine.x.producer !== before) return b.fail('not-along-columns');
    if (!mayRewrite(w, weight)) return b.fail('weight-shared');
    const scaled = scaleMatrix(weight, 1, affine.scale);
    if (!scaled) return b.fail('not-finite');
    const plain = affine.shift.length === 1 && affine.shift[0] === 0;
    if (plain) return b.node('MatMul', [a, b.constant(scaled, w.name)]);
    const columns = weight.dims[1] ?? 0;
    const bias = affineBias(weight.dtype, columns, undefined, affine.scale, affine.shift);
    if (!bias) return b.fail('not-finite');
    if (shapeOf(a)?.length !== 2) return b.fail('rank');
    return b.node('Gemm', [a, b.constant(scaled, w.name), b.constant(bias, `${w.name}_bias`)]);
  },
});

export const foldAffineIntoGemm: Pass = rulePass({
  name: 'linear/gemm-affine',
  summary: 'fold BatchNormalization and constants into the Gemm or MatMul before them',
  rules: [gemm, matmul],
});
