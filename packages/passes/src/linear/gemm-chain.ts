import {
  constantTensor,
  gemm as gemmOperator,
  isFloat,
  type Node,
  type Tensor,
  tensorFloats,
  type Value,
  viewAs,
} from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';
import { at } from './affine.ts';
import { type Matrix, matrixOf, multiply, productPays, roundedMatrix } from './matrix-product.ts';
import { finished } from './weights.ts';

/** x W + b with constant W and a row of constants b, all factors multiplied in. */
interface Layer {
  readonly x: Value;
  readonly transA: boolean;
  readonly weight: Matrix;
  /** Not yet in `weight`. */
  readonly alpha: number;
  readonly bias: Float64Array | undefined;
  readonly dtype: Tensor['dtype'];
}

/** A Gemm, or a MatMul of matrices, as a layer. */
function layerOf(node: Node, b: Builder): Layer {
  const [x, w, c] = node.inputs;
  const tensor = w && constantTensor(w);
  if (!x || tensor?.rank !== 2 || !isFloat(tensor.dtype)) return b.fail('weight-not-constant');
  if (node.opType === 'MatMul') {
    if (shapeOf(x)?.length !== 2) return b.fail('rank');
    return { x, transA: false, weight: matrixOf(tensor), alpha: 1, bias: undefined, dtype: tensor.dtype };
  }
  const view = viewAs(node, gemmOperator);
  if (!view) return b.fail('attributes');
  const weight = matrixOf(tensor, view.transB);
  const bias = c && biasRow(constantTensor(c), weight.columns, view.beta, b);
  return { x, transA: view.transA, weight, alpha: view.alpha, bias, dtype: tensor.dtype };
}

/** beta C as one element a column. */
function biasRow(c: Tensor | undefined, columns: number, beta: number, b: Builder): Float64Array {
  if (!c) return b.fail('bias-not-constant');
  const [rows = 1] = c.dims.slice(-2, -1);
  if (c.rank > 2 || rows !== 1 || (c.size !== 1 && c.size !== columns)) return b.fail('bias-not-a-row');
  const values = tensorFloats(c);
  return Float64Array.from({ length: columns }, (_, i) => at(values, i) * beta);
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

const chain = nodeRule({
  name: 'linear/gemm-chain',
  doc: '(x A + a) B + b = x (A B) + (a B + b) for constant matrices, when A B is no larger',
  ops: ['Gemm', 'MatMul'],
  over: ['Gemm', 'MatMul'],
  exactness: 'reassociate',
  emits: [{ op: 'Gemm', since: 7 }],
  rewrite: (node, b, q) => {
    const inner = soleProducerOf(node.inputs[0], 'Gemm', 'MatMul');
    if (!inner || (inner.is('MatMul') && node.is('MatMul'))) return undefined;
    const [[m, k], n] = [dimsOf(inner), dimsOf(node)[1]];
    if (!productPays(m, k, n)) return b.fail('merged-is-larger');
    const first = layerOf(inner, b);
    const second = layerOf(node, b);
    if (second.transA) return b.fail('transposed');
    if (first.dtype !== second.dtype) return b.fail('type');
    const weight = roundedMatrix(
      multiply(first.weight, second.weight),
      first.dtype,
      first.alpha * second.alpha,
    );
    const bias = mergedBias(first, second);
    const row = bias && finished(first.dtype, [bias.length], bias);
    if (!weight || (bias && !row)) return b.fail('not-finite');
    if (!row && q.opset < 11) return b.fail('bias-needed-before-opset-11');
    const [, w, c] = node.inputs;
    const inputs = [
      first.x,
      b.constant(weight, w?.name),
      row && b.constant(row, c?.name ?? `${w?.name}_bias`),
    ];
    return b.node('Gemm', inputs, first.transA ? { transA: 1 } : {});
  },
});

/** Sizes of the weight as it is multiplied: rows, columns. */
function dimsOf(node: Node): readonly [number, number] {
  const [, w] = node.inputs;
  const [rows = 0, columns = 0] = (w && constantTensor(w)?.dims) ?? [];
  return node.is('Gemm') && viewAs(node, gemmOperator)?.transB ? [columns, rows] : [rows, columns];
}

export const mergeGemmChain: Pass = rulePass({
  name: 'linear/gemm-chain',
  summary: 'merge linear layers that follow each other, when that makes them no larger',
  rules: [chain],
});
