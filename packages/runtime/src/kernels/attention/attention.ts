import { type AttentionView, attention } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { transposed } from '../linear/matrix.ts';
import { multiply } from '../linear/multiply.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, type RealResult, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { type AttentionBias, attentionBias, biasRow } from './attention-bias.ts';
import { copyHeads, type Heads, headMatrix, headsOf } from './heads.ts';
import { softmaxRow } from './softmax-row.ts';

/** Queries whose scores are held at a time, so that memory does not grow with queries times keys. */
const QUERIES = 64;

/** An attention with all operands laid out. */
interface Problem {
  readonly ctx: KernelContext;
  readonly view: AttentionView;
  readonly scale: number;
  readonly q: Heads;
  readonly k: Heads;
  readonly v: Heads;
  readonly bias: AttentionBias;
  readonly y: RealResult;
  /** Whether y is [B, heads, length, size]; else [B, length, heads * size]. */
  readonly headsFirst: boolean;
  /** Working memory: the scores of some queries, and the bias of one. */
  readonly scores: Float64Array;
  readonly row: Float64Array;
  /** Where scores are shown, if they are. */
  readonly shown: RealResult | undefined;
}

/** Keys or values with those of the past before them. */
interface Cached {
  readonly heads: Heads;
  /** The present cache, when it is asked for. */
  readonly present: NdArray | undefined;
}

function withPast(
  ctx: KernelContext,
  index: number,
  array: NdArray,
  past: NdArray | undefined,
  count: number | undefined,
  wanted: boolean,
): Cached {
  const heads = headsOf(ctx.op, index, array, count);
  if (past === undefined && !wanted) return { heads, present: undefined };
  const before = past && headsOf(ctx.op, index + 3, past, undefined);
  if (
    before &&
    (before.batch !== heads.batch || before.heads !== heads.heads || before.size !== heads.size)
  ) {
    throw ctx.op.invalid(`past of shape [${past?.dims.join(', ')}] does not fit operand ${index}`);
  }
  const first = before?.length ?? 0;
  const length = first + heads.length;
  const result = realResult(ctx, array.dtype, [heads.batch, heads.heads, length, heads.size]);
  if (before) copyHeads(before, result.values, length, 0);
  copyHeads(heads, result.values, length, first);
  const headStride = length * heads.size;
  const all = {
    data: result.values,
    length,
    batchStride: heads.heads * headStride,
    headStride,
    rowStride: heads.size,
  };
  return { heads: { ...heads, ...all }, present: wanted ? result.done() : undefined };
}

/** Turns the products of one query and all keys into probabilities, showing the stage that is asked for. */
function scoreRow(
  problem: Problem,
  place: readonly [sample: number, head: number, query: number],
  scores: Float64Array,
  at: number,
  row: Float64Array,
): void {
  const { view, shown, q } = problem;
  const [sample, head, query] = place;
  const keys = row.length;
  const to = ((sample * q.heads + head) * q.length + query) * keys;
  const show = (stage: number): void => {
    if (view.qkMatmulOutputMode === stage) shown?.values.set(scores.subarray(at, at + keys), to);
  };
  show(0);
  if (view.softcap > 0) {
    for (let i = at; i < at + keys; i += 1) {
      scores[i] = view.softcap * Math.tanh((scores[i] as number) / view.softcap);
    }
  }
  show(1);
  biasRow(problem.bias, sample, head, query, row);
  let masked = true;
  for (let i = 0; i < keys; i += 1) {
    if (row[i] !== Number.NEGATIVE_INFINITY) masked = false;
    scores[at + i] = (scores[at + i] as number) + (row[i] as number);
  }
  show(2);
  // A query without a key to attend gives zeros, even where its scores are not numbers.
  if (masked) scores.fill(0, at, at + keys);
  else softmaxRow(scores, at, keys);
  show(3);
}

function attendHead(problem: Problem, sample: number, head: number): void {
  const { ctx, q, k, v, y } = problem;
  const shared = Math.floor(head / (q.heads / k.heads));
  const keys = transposed(headMatrix(k, sample, shared));
  const values = headMatrix(v, sample, shared);
  const { scores, row } = problem;
  const tick = () => ctx.tick();
  for (let first = 0; first < q.length; first += QUERIES) {
    const count = Math.min(QUERIES, q.length - first);
    const queries = headMatrix(q, sample, head, first);
    const target = { data: scores, offset: 0, rowStride: k.length, alpha: problem.scale };
    multiply(count, k.length, q.size, queries, keys, target, tick);
    for (let i = 0; i < count; i += 1)
      scoreRow(problem, [sample, head, first + i], scores, i * k.length, row);
    const probabilities = { data: scores, offset: 0, rowStride: k.length, columnStride: 1 };
    const rowStride = problem.headsFirst ? v.size : q.heads * v.size;
    const offset = problem.headsFirst
      ? ((sample * q.heads + head) * q.length + first) * v.size
      : ((sample * q.length + first) * q.heads + head) * v.size;
    multiply(count, v.size, k.length, probabilities, values, { data: y.values, offset, rowStride }, tick);
  }
}

export const attentionKernel: Kernel = {
  name: 'Attention',
  run(inputs, ctx) {
    const [qIn, kIn, vIn] = [
      realOperand(inputs, ctx, 0),
      realOperand(inputs, ctx, 1),
      realOperand(inputs, ctx, 2),
    ];
    const [mask, pastKey, pastValue, validKeys] = [3, 4, 5, 6].map(
      (i) => inputs[i] && realOperand(inputs, ctx, i),
    );
    const view = attention.view(ctx.op);
    const y = realResult(ctx, qIn.dtype, resultDims(ctx, attention, view));
    const q = headsOf(ctx.op, 0, qIn, view.qNumHeads);
    const k = withPast(ctx, 1, kIn, pastKey, view.kvNumHeads, ctx.wants(1));
    const v = withPast(ctx, 2, vIn, pastValue, view.kvNumHeads, ctx.wants(2));
    if (view.scale === undefined) throw ctx.op.invalid('the scale is not known');
    const sizes = { batch: q.batch, heads: q.heads, queries: q.length, keys: k.heads.length };
    if (q.heads !== 0 && q.heads % k.heads.heads !== 0)
      throw ctx.op.invalid('query heads do not share key heads evenly');
    if (v.heads.length !== sizes.keys) throw ctx.op.invalid('keys and values differ in length');
    const past = sizes.keys - (kIn.dims[kIn.rank - 2] ?? 0);
    const shown = ctx.wants(3)
      ? realResult(ctx, qIn.dtype, [sizes.batch, sizes.heads, sizes.queries, sizes.keys])
      : undefined;
    const problem: Problem = {
      ctx,
      view,
      scale: view.scale,
      q,
      k: k.heads,
      v: v.heads,
      bias: attentionBias(ctx.op, view, mask, validKeys, past, sizes),
      y,
      headsFirst: qIn.rank === 4,
      scores: doubles(ctx, [Math.min(QUERIES, q.length), k.heads.length]),
      row: doubles(ctx, [k.heads.length]),
      shown,
    };
    const empty = y.values.length === 0 && (shown?.values.length ?? 0) === 0;
    for (let b = 0; b < q.batch && !empty; b += 1) {
      for (let h = 0; h < q.heads; h += 1) attendHead(problem, b, h);
    }
    return [y.done(), k.present, v.present, shown?.done()];
  },
};
