import type { Node, Value } from '@refold/ir';
import {
  absent,
  any,
  commutative,
  named,
  no,
  oneOf,
  op,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewNumber } from '../support/view.ts';
import { gemmTypes } from './gemm-types.ts';

const once = { test: { singleUse: true, dtype: gemmTypes } };

/** Whether what is added leaves the shape of a product as it is. */
function fits(m: { readonly product: Node; readonly c: Value }, q: Query): Verdict {
  const [product] = m.product.outputs;
  return product && q.broadcastsTo(m.c, product) === 'yes' ? yes : no('bias-widens-shape', 'c');
}

const matmulAdd: Rule = rule({
  name: 'linear/matmul-add',
  doc: 'MatMul(A, B) + C = Gemm(A, B, C) for matrices, when C broadcasts to the product',
  match: commutative(
    ['Add', 'Sum'],
    [named('product', op('MatMul', [value('a', { rank: 2 }), value('b', { rank: 2 })], once)), 'c'],
  ),
  guard: fits,
  build: (m, b) => b.node('Gemm', [m.a, m.b, m.c]),
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['torch.onnx: Linear of matrices', 'tf2onnx: Dense'],
  traps: ['batches of matrices, which Gemm has not', 'a bias that widens the product', 'integers'],
  instances: [
    { shapes: { a: ['N', 4], b: [4, 5], c: [5] } },
    { shapes: { a: [3, 'K'], b: ['K', 5], c: [3, 1] } },
  ],
});

const gemmAdd: Rule = rule({
  name: 'linear/matmul-add.gemm',
  doc: 'Gemm(A, B) + C = Gemm(A, B, C), when C broadcasts to the product',
  match: commutative(
    ['Add', 'Sum'],
    [
      named(
        'product',
        op('Gemm', ['a', 'b', oneOf('third', { none: absent, given: any })], { test: { singleUse: true } }),
      ),
      'c',
    ],
  ),
  guard: (m, q) => {
    if (m.third === 'given' && viewNumber(m.product, 'beta') !== 0) return no('bias-there', 'product');
    return (q.rank(m.c) ?? 3) > 2 ? no('bias-widens-shape', 'c') : fits(m, q);
  },
  build: (m, b) => b.node('Gemm', [m.a, m.b, m.c], { ...Object.fromEntries(m.product.attributes), beta: 1 }),
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  benefit: 1.75,
  traps: ['a Gemm that adds something already', 'a bias that widens the product'],
  instances: [
    { shapes: { a: ['N', 4], b: [4, 5], c: [5] }, choices: { third: 'none' } },
    {
      shapes: { a: ['N', 4], b: [5, 4], c: ['N', 1] },
      values: { transB: 1, alpha: 0.5 },
      choices: { third: 'none' },
    },
  ],
});

export const fuseMatMulAdd: Pass = rulePass({
  name: 'linear/matmul-add',
  summary: 'fuse a matrix product and the addition after it into Gemm',
  rules: [matmulAdd, gemmAdd],
});
