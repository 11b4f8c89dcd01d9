import { constantTensor, isFloat, type Tensor, tensorFloats, type Value } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';
import { finished } from './weights.ts';

/** Multiplications that merging may cost while the graph is optimized. */
const MAX_WORK = 2 ** 28;

/** The product of two matrices in double, rounded once. Undefined when it is not finite. */
function product(a: Tensor, b: Tensor): Tensor | undefined {
  const [rows = 0, inner = 0] = a.dims;
  const [, columns = 0] = b.dims;
  const x = tensorFloats(a);
  const y = tensorFloats(b);
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i += 1) {
    for (let k = 0; k < inner; k += 1) {
      const v = x[i * inner + k] as number;
      for (let j = 0; j < columns; j += 1)
        out[i * columns + j] = (out[i * columns + j] as number) + v * (y[k * columns + j] as number);
    }
  }
  return finished(a.dtype, [rows, columns], out);
}

/** Whether A (m, k) times B (k, n) is worth having in place of both: no more bytes, no more multiplications. */
function pays(a: Tensor, b: Tensor): boolean {
  const [m = 0, k = 0] = a.dims;
  const [, n = 0] = b.dims;
  return m * n <= m * k + k * n && m * k * n <= MAX_WORK;
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
    if (!pays(first, second)) return b.fail('merged-is-larger');
    const merged = product(first, second);
    return merged ? b.node('MatMul', [x, b.constant(merged, node.inputs[1]?.name)]) : b.fail('not-finite');
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
    if (!pays(second, first)) return b.fail('merged-is-larger');
    const merged = product(second, first);
    return merged ? b.node('MatMul', [b.constant(merged, node.inputs[0]?.name), x]) : b.fail('not-finite');
  },
});

export const mergeMatMulChain: Pass = rulePass({
  name: 'linear/matmul-chain',
  summary: 'merge products with constant matrices that follow each other',
  rules: [right, left],
});
