import type { Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf, keepsShape, shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf, viewNumber } from '../support/view.ts';
import { gemmTypes } from './gemm-types.ts';

/** The two operands of an Add (or Sum of two), the one made by `op` first. */
function productFirst(
  inputs: readonly (Value | undefined)[],
  op: string,
): readonly [Value, Value] | undefined {
  const [p, q] = inputs;
  if (!p || !q || inputs.length !== 2 || p === q) return undefined;
  if (soleProducerOf(p, op)) return [p, q];
  return soleProducerOf(q, op) ? [q, p] : undefined;
}

const matmulAdd = nodeRule({
  name: 'linear/matmul-add',
  doc: 'MatMul(A, B) + C = Gemm(A, B, C) for matrices, when C broadcasts to the product',
  ops: ['Add', 'Sum'],
  over: ['MatMul'],
  exactness: 'reassociate',
  emits: [{ op: 'Gemm', since: 7 }],
  rewrite: (node, b) => {
    const operands = productFirst(node.inputs, 'MatMul');
    if (!operands) return undefined;
    const [product, c] = operands;
    const [a, w] = product.producer?.inputs ?? [];
    const dtype = dtypeOf(product);
    if (!dtype || !gemmTypes.has(dtype)) return b.refuse('type');
    if (!a || !w || shapeOf(a)?.length !== 2 || shapeOf(w)?.length !== 2) return b.refuse('rank');
    if (!keepsShape(c, product)) return b.refuse('bias-widens-shape', c.name);
    return b.node('Gemm', [a, w, c]);
  },
});

const gemmAdd = nodeRule({
  name: 'linear/matmul-add.gemm',
  doc: 'Gemm(A, B) + C = Gemm(A, B, C), when C broadcasts to the product',
  ops: ['Add', 'Sum'],
  over: ['Gemm'],
  exactness: 'reassociate',
  emits: [{ op: 'Gemm', since: 7 }],
  rewrite: (node, b) => {
    const operands = productFirst(node.inputs, 'Gemm');
    if (!operands) return undefined;
    const [product, c] = operands;
    const gemm = product.producer;
    const beta = gemm && viewNumber(gemm, 'beta');
    if (!gemm || beta === undefined) return undefined;
    if (gemm.inputs[2] && beta !== 0) return b.refuse('bias-there');
    if ((shapeOf(c)?.length ?? 3) > 2 || !keepsShape(c, product))
      return b.refuse('bias-widens-shape', c.name);
    return b.node('Gemm', [gemm.inputs[0], gemm.inputs[1], c], {
      ...Object.fromEntries(gemm.attributes),
      beta: 1,
    });
  },
});

export const fuseMatMulAdd: Pass = rulePass({
  name: 'linear/matmul-add',
  summary: 'fuse a matrix product and the addition after it into Gemm',
  rules: [matmulAdd, gemmAdd],
});
