import { constantTensor, isFloat, type Tensor, type Value } from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';
import { matrixOf, multiply, productPays, roundedMatrix } from './matrix-product.ts';

/** The product of two constant matrices, when it is worth having in place of both. */
function merged(a: Tensor, w: Tensor, b: Builder): Tensor {
  const [m = 0, k = 0] = a.dims;
  const [, n = 0] = w.dims;
  if (!productPays(m, k, n)) return b.fail('merged-is-larger');
  return roundedMatrix(multiply(matrixOf(a), matrixOf(w)), a.dtype) ?? b.fail('not-finite');
}

function matrix(value: Value | undefined): Tensor | undefined {
  const tensor = value && constantTensor(value);
  return tensor?.rank === 2 && isFloat(tensor.dtype) ? tensor : undefined;
}

const right = nodeRule({
  name: 'linear/matmul-chain',
  doc: 'MatMul(MatMul(x, A), B) = MatMul(x, A B) for constant matrices, when A B is no larger',
  ops: 'MatMul',
  over: ['MatMul'],
  exactness: 'reassociate',
  emits: [{ op: 'MatMul', since: 1 }],
  rewrite: (node, b) => {
    const inner = soleProducerOf(node.inputs[0], 'MatMul');
    const x = inner?.inputs[0];
    const first = matrix(inner?.inputs[1]);
    const second = matrix(node.inputs[1]);
    if (!x || !first || !second) return undefined;
    if ((shapeOf(x)?.length ?? 0) < 1) return b.fail('rank');
    return b.node('MatMul', [x, b.constant(merged(first, second, b), node.inputs[1]?.name)]);
  },
});

const left = nodeRule({
  name: 'linear/matmul-chain.left',
  doc: 'MatMul(B, MatMul(A, x)) = MatMul(B A, x) for constant matrices, when B A is no larger',
  ops: 'MatMul',
  over: ['MatMul'],
  exactness: 'reassociate',
  emits: [{ op: 'MatMul', since: 1 }],
  rewrite: (node, b) => {
    const inner = soleProducerOf(node.inputs[1], 'MatMul');
    const x = inner?.inputs[1];
    const first = matrix(inner?.inputs[0]);
    const second = matrix(node.inputs[0]);
    if (!x || !first || !second) return undefined;
    if ((shapeOf(x)?.length ?? 0) < 1) return b.fail('rank');
    return b.node('MatMul', [b.constant(merged(second, first, b), node.inputs[0]?.name), x]);
  },
});

export const mergeMatMulChain: Pass = rulePass({
  name: 'linear/matmul-chain',
  summary: 'merge products with constant matrices that follow each other',
  rules: [right, left],
});
