import type { Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf, shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewFlag, viewInts } from '../support/view.ts';
import { gemmTypes } from './gemm-types.ts';

/** The operand of a Transpose that swaps the axes of a matrix. */
function transposed(value: Value | undefined): Value | undefined {
  const node = producerOf(value, 'Transpose');
  const perm = node && viewInts(node, 'perm');
  return perm?.length === 2 && perm[0] === 1 ? node?.inputs[0] : undefined;
}

const gemm = nodeRule({
  name: 'linear/transpose-gemm',
  doc: 'Gemm(Transpose(A), B, C) = Gemm(A, B, C) with transA flipped; B alike',
  ops: 'Gemm',
  over: ['Transpose'],
  exactness: 'exact',
  emits: [{ op: 'Gemm', since: 7 }],
  rewrite: (node, b) => {
    const [a, w, c] = node.inputs;
    const x = transposed(a);
    const y = transposed(w);
    const transA = viewFlag(node, 'transA');
    const transB = viewFlag(node, 'transB');
    if ((!x && !y) || transA === undefined || transB === undefined) return undefined;
    return b.node('Gemm', [x ?? a, y ?? w, c], {
      ...Object.fromEntries(node.attributes),
      transA: transA === (x === undefined) ? 1 : 0,
      transB: transB === (y === undefined) ? 1 : 0,
    });
  },
});

const matmul = nodeRule({
  name: 'linear/transpose-gemm.matmul',
  doc: 'MatMul(Transpose(A), B) = Gemm(A, B, transA = 1) for matrices, from opset 11 on',
  ops: 'MatMul',
  over: ['Transpose'],
  exactness: 'exact',
  emits: [{ op: 'Gemm', since: 11 }],
  rewrite: (node, b, q) => {
    const [a, w] = node.inputs;
    const x = transposed(a);
    const y = transposed(w);
    const dtype = dtypeOf(node.outputs[0]);
    if ((!x && !y) || !dtype || !gemmTypes.has(dtype)) return undefined;
    if (q.opset < 11) return b.fail('opset');
    if (shapeOf(a)?.length !== 2 || shapeOf(w)?.length !== 2) return b.fail('rank');
    return b.node('Gemm', [x ?? a, y ?? w], { transA: x ? 1 : 0, transB: y ? 1 : 0 });
  },
});

export const foldTransposeIntoGemm: Pass = rulePass({
  name: 'linear/transpose-gemm',
  summary: 'let Gemm read its matrices transposed instead of transposing them',
  rules: [gemm, matmul],
});
