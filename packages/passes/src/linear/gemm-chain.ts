import { gemm as gemmOperator, type Node, tensorFloats, viewAs } from '@refold/ir';
import {
  absent,
  type ConstRef,
  constant,
  named,
  no,
  oneOf,
  op,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { at } from './affine.ts';
import { type Matrix, matrixOf, multiply, productPays, roundedMatrix } from './matrix-product.ts';
import { finished } from './weights.ts';

/** x W + b with constant W and a row of constants b, all factors multiplied in. */
interface Layer {
  readonly weight: Matrix;
  /** Not yet in `weight`. */
  readonly alpha: number;
  readonly bias: Float64Array | undefined;
}

/** A Gemm, or a MatMul of matrices, as a layer. */
function layerOf(node: Node, { tensor }: ConstRef, bias: ConstRef | undefined): Layer {
  const { transB = false, alpha = 1, beta = 1 } = (node.is('Gemm') && viewAs(node, gemmOperator)) || {};
  const weight = matrixOf(tensor, transB);
  const values = bias && tensorFloats(bias.tensor);
  const row = values && Float64Array.from({ length: weight.columns }, (_, i) => at(values, i) * beta);
  return { weight, alpha, bias: row };
}

/** b1 (alpha2 W2) + b2; undefined when there is neither. */
function mergedBias(first: Layer, second: Layer): Float64Array | undefined {
  if (!first.bias && !second.bias) return undefined;
  const { rows, columns, values } = second.weight;
  const out = second.bias?.slice() ?? new Float64Array(columns);
  for (let k = 0; first.bias && k < rows; k += 1) {
    const factor = (first.bias[k] as number) * second.alpha;
    for (let j = 0; j < columns; j += 1)
      out[j] = (out[j] as number) + factor * (values[k * columns + j] as number);
  }
  return out;
}

const a = constant('a', { dtype: 'float', dims: ['_', '_'] });
const b = constant('b', { dtype: 'float', dims: ['_', '_'] });
const once = { test: { singleUse: true } };

const firstGemm = named(
  'inner',
  op(
    'Gemm',
    ['x', a, oneOf('first', { constant: constant('before', { dtype: 'float' }), none: absent })],
    once,
  ),
);
const firstMatMul = named('inner', op('MatMul', [value('x', { rank: 2 }), a], once));
const second = oneOf('second', { constant: constant('own', { dtype: 'float' }), none: absent });

/** Rows and columns of a weight as it is multiplied. */
function sizesOf(node: Node, { dims }: ConstRef): readonly [number, number] {
  const [rows = 0, columns = 0] = dims;
  return node.is('Gemm') && viewAs(node, gemmOperator)?.transB ? [columns, rows] : [rows, columns];
}

function isRow(bias: ConstRef | undefined, columns: number): boolean {
  if (!bias) return true;
  const isFlat = bias.rank <= 1 || (bias.rank === 2 && bias.dims[0] === 1);
  return isFlat && (bias.size === 1 || bias.size === columns);
}

const gemmChain: Rule = rule({
  name: 'linear/gemm-chain',
  doc: '(x A + a) B + b = x (A B) + (a B + b) for constant matrices, when A B is no larger',
  match: oneOf('form', {
    gemm: named(
      'outer',
      op('Gemm', [oneOf('layer', { gemm: firstGemm, matmul: firstMatMul }), b, second], {
        params: { transA: false },
      }),
    ),
    matmul: named('outer', op('MatMul', [firstGemm, b])),
  }),
  guard: (m, q) => {
    const [[rows, middle], [, columns]] = [sizesOf(m.inner, m.a), sizesOf(m.outer, m.b)];
    if (!productPays(rows, middle, columns)) return no('merged-is-larger', 'a');
    if (!isRow(m.before, middle) || !isRow(m.own, columns)) return no('bias-not-a-row');
    return m.before || m.own || q.opset >= 11 ? yes : no('bias-needed-before-opset-11');
  },
  build: (m, builder) => {
    const [first, last] = [layerOf(m.inner, m.a, m.before), layerOf(m.outer, m.b, m.own)];
    const { dtype } = m.a;
    const weight = roundedMatrix(multiply(first.weight, last.weight), dtype, first.alpha * last.alpha);
    const bias = mergedBias(first, last);
    const row = bias && finished(dtype, [bias.length], bias);
    if (!weight || (bias && !row)) return builder.refuse('not-finite', 'a');
    const name = m.b.value?.name;
    const inputs = [
      m.x,
      builder.constant(weight, name),
      row && builder.constant(row, m.own?.value?.name ?? `${name}_bias`),
    ];
    const transA = m.inner.is('Gemm') && viewAs(m.inner, gemmOperator)?.transA === true;
    return builder.node('Gemm', inputs, transA ? { transA: 1 } : {});
  },
  emits: [{ op: 'Gemm', since: 7 }],
  exactness: 'reassociate',
  phase: 'normalize',
  traps: [
    'a bottleneck, of which the product is larger than both',
    'a bias that differs by row',
    'a second layer that reads the first transposed',
  ],
  instances: [
    {
      shapes: { x: ['N', 4], a: [4, 6], before: [6], b: [6, 3], own: [3] },
      choices: { form: 'gemm' },
      opset: 11,
    },
    { shapes: { x: ['N', 4], a: [4, 6], before: [6], b: [6, 3] }, choices: { form: 'matmul' }, opset: 11 },
  ],
});

export const mergeGemmChain: Pass = passOf(
  gemmChain,
  'merge linear layers that follow each other, when that makes them no larger',
);
