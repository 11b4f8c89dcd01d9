import { type DType, flexAttention } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, fromReals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { rowMajor, transposed } from '../linear/matrix.ts';
import { multiply } from '../linear/multiply.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { type Heads, headMatrix, headsOf } from './heads.ts';
import { softmaxRow } from './softmax-row.ts';

/** Sends scores or probabilities [B, heads, queries, keys] through the nested graph `name`, if there is one. */
function modified(
  ctx: KernelContext,
  name: string,
  values: Float64Array,
  dims: readonly number[],
  dtype: DType,
): Float64Array {
  const graph = ctx.op.graph(name);
  if (graph === undefined) return values;
  const [output] = ctx.runGraph(graph, [fromReals(dtype, dims, values)]);
  const array = asTensor(output, ctx, 0);
  if (array.dims.length !== dims.length || array.dims.some((d, i) => d !== dims[i])) {
    throw ctx.op.invalid(`${name} changes the shape [${dims.join(', ')}] to [${array.dims.join(', ')}]`);
  }
  return Float64Array.from(reals(array));
}

/** Scaled products of every query with every key. */
function scoresOf(ctx: KernelContext, q: Heads, k: Heads, scale: number): Float64Array {
  const out = doubles(ctx, [q.batch, q.heads, q.length, k.length]);
  for (let b = 0, at = 0; b < q.batch && out.length > 0; b += 1) {
    for (let h = 0; h < q.heads; h += 1, at += q.length * k.length) {
      const keys = transposed(headMatrix(k, b, Math.floor(h / (q.heads / k.heads))));
      const target = { data: out, offset: at, rowStride: k.length, alpha: scale };
      multiply(q.length, k.length, q.size, headMatrix(q, b, h), keys, target, () => ctx.tick());
    }
  }
  return out;
}

function weighted(
  ctx: KernelContext,
  probabilities: Float64Array,
  q: Heads,
  v: Heads,
  into: NdArray['dims'],
  dtype: DType,
): NdArray {
  const result = realResult(ctx, dtype, into);
  for (let b = 0, head = 0; b < q.batch && result.values.length > 0; b += 1) {
    for (let h = 0; h < q.heads; h += 1, head += 1) {
      const values = headMatrix(v, b, Math.floor(h / (q.heads / v.heads)));
      const rows = rowMajor(probabilities, v.length, head * q.length * v.length);
      const target = { data: result.values, offset: head * q.length * v.size, rowStride: v.size };
      multiply(q.length, v.size, v.length, rows, values, target, () => ctx.tick());
    }
  }
  return result.done();
}

export const flexAttentionKernel: Kernel = {
  domain: 'ai.onnx.preview',
  name: 'FlexAttention',
  run(inputs, ctx) {
    const [qIn, kIn, vIn] = [
      realOperand(inputs, ctx, 0),
      realOperand(inputs, ctx, 1),
      realOperand(inputs, ctx, 2),
    ];
    const view = flexAttention.view(ctx.op);
    const dims = resultDims(ctx, flexAttention, view);
    const [q, k, v] = [
      headsOf(ctx.op, 0, qIn, undefined),
      headsOf(ctx.op, 1, kIn, undefined),
      headsOf(ctx.op, 2, vIn, undefined),
    ];
    if (view.scale === undefined || view.softmaxPrecision === undefined)
      throw ctx.op.invalid('Q is not known');
    const shape = [q.batch, q.heads, q.length, k.length];
    const scores = modified(ctx, 'score_mod', scoresOf(ctx, q, k, view.scale), shape, view.softmaxPrecision);
    for (let at = 0; at < scores.length; at += k.length) softmaxRow(scores, at, k.length);
    const probabilities = modified(ctx, 'prob_mod', scores, shape, view.softmaxPrecision);
    return [weighted(ctx, probabilities, q, v, dims, qIn.dtype)];
  },
};
