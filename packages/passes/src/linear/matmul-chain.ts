import type { Value } from '@refold/ir';
import {
  type Builder,
  type ConstRef,
  constant,
  no,
  op,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { matrixOf, multiply, productPays, roundedMatrix } from './matrix-product.ts';

/** Two constant matrices that follow each other. */
interface Matrices {
  readonly a: ConstRef;
  readonly b: ConstRef;
}

const x = value('x', { rank: { min: 1 } });
const a = constant('a', { dtype: 'float', dims: ['m', 'k'] });
const b = constant('b', { dtype: 'float', dims: ['k', 'n'] });
const once = { test: { singleUse: true } };

/** Whether the product of both matrices is worth having in their place. */
function pays(m: Matrices): Verdict {
  const [rows = 0, middle = 0] = m.a.dims;
  const [, columns = 0] = m.b.dims;
  return productPays(rows, middle, columns) ? yes : no('merged-is-larger', 'a');
}

/** The product of both as a constant, named like the last one in the graph. */
function merged(m: Matrices, last: ConstRef, builder: Builder): Value | undefined {
  const product = roundedMatrix(multiply(matrixOf(m.a.tensor), matrixOf(m.b.tensor)), m.a.dtype);
  return product ? builder.constant(product, last.value?.name) : builder.refuse('not-finite', 'a');
}

const right: Rule = rule({
  name: 'linear/matmul-chain',
  doc: 'MatMul(MatMul(x, A), B) = MatMul(x, A B) for constant matrices, when A B is no larger',
  match: op('MatMul', [op('MatMul', [x, a], once), b]),
  guard: pays,
  build: (m, builder) => {
    const product = merged(m, m.b, builder);
    return product && builder.node('MatMul', [m.x, product]);
  },
  emits: [{ op: 'MatMul', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['models with low-rank adapters'],
  traps: ['a bottleneck, of which the product is larger than both'],
  instances: [{ shapes: { x: ['B', 'N', 4], a: [4, 6], b: [6, 3] } }],
});

const left: Rule = rule({
  name: 'linear/matmul-chain.left',
  doc: 'MatMul(A, MatMul(B, x)) = MatMul(A B, x) for constant matrices, when A B is no larger',
  match: op('MatMul', [a, op('MatMul', [b, x], once)]),
  guard: pays,
  build: (m, builder) => {
    const product = merged(m, m.a, builder);
    return product && builder.node('MatMul', [product, m.x]);
  },
  emits: [{ op: 'MatMul', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  traps: ['a bottleneck, of which the product is larger than both'],
  instances: [{ shapes: { x: ['B', 3, 'N'], a: [4, 6], b: [6, 3] } }],
});

export const mergeMatMulChain: Pass = rulePass({
  name: 'linear/matmul-chain',
  summary: 'merge products with constant matrices that follow each other',
  rules: [right, left],
});
