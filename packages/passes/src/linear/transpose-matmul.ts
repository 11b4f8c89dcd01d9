import type { Value } from '@refold/ir';
import { oneOf, op, type Pat, type Rule, rule, value } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewFlag } from '../support/view.ts';
import { gemmTypes } from './gemm-types.ts';

const a = value('a', { rank: 2 });
const b = value('b', { rank: 2 });

/** A matrix with its axes swapped. */
function transposed<C extends object>(matrix: Pat<C>) {
  return op('Transpose', [matrix], { params: { perm: [1, 0] } });
}

interface Operands {
  readonly which: string;
  readonly a: Value;
  readonly b: Value;
}

const swapsA = (m: Operands): boolean => m.which !== 'second';
const swapsB = (m: Operands): boolean => m.which !== 'first';

const gemm: Rule = rule({
  name: 'linear/transpose-gemm',
  doc: 'Gemm(Transpose(A), B, C) = Gemm(A, B, C) with transA flipped; B alike',
  match: oneOf('which', {
    both: op('Gemm', [transposed(a), transposed(b)], { extraInputs: 'allow' }),
    first: op('Gemm', [transposed(a), b], { extraInputs: 'allow' }),
    second: op('Gemm', [a, transposed(b)], { extraInputs: 'allow' }),
  }),
  build: (m, builder) => {
    const { inputs, attributes } = m.$node;
    return builder.node('Gemm', [m.a, m.b, inputs[2]], {
      ...Object.fromEntries(attributes),
      transA: Number(viewFlag(m.$node, 'transA') !== swapsA(m)),
      transB: Number(viewFlag(m.$node, 'transB') !== swapsB(m)),
    });
  },
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'exact',
  phase: 'normalize',
  // Transposes that something else reads stay, and are waited for no longer.
  keep: 'allowed',
  decreases: 'depth',
  instances: [
    { shapes: { a: [4, 'N'], b: [4, 5] }, choices: { which: 'first' } },
    { shapes: { a: ['N', 4], b: [5, 4] }, choices: { which: 'second' } },
    { shapes: { a: [4, 'N'], b: [5, 4] }, choices: { which: 'both' } },
  ],
});

const matmul: Rule = rule({
  name: 'linear/transpose-gemm.matmul',
  doc: 'MatMul(Transpose(A), B) = Gemm(A, B, transA = 1) for matrices, from opset 11 on',
  match: oneOf('which', {
    both: op('MatMul', [transposed(a), transposed(b)], { test: { dtype: gemmTypes } }),
    first: op('MatMul', [transposed(a), b], { test: { dtype: gemmTypes } }),
    second: op('MatMul', [a, transposed(b)], { test: { dtype: gemmTypes } }),
  }),
  build: (m, builder) =>
    builder.node('Gemm', [m.a, m.b], { transA: Number(swapsA(m)), transB: Number(swapsB(m)) }),
  emits: [{ op: 'Gemm', since: 11 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['batches of matrices, which Gemm has not', 'integers'],
});

export const foldTransposeIntoGemm: Pass = rulePass({
  name: 'linear/transpose-gemm',
  summary: 'let Gemm read its matrices transposed instead of transposing them',
  rules: [gemm, matmul],
});
