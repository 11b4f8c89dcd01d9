import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, exactDiv, mulDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { DType } from '../../types/dtype.ts';
import { printShape, type Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { floatTypeAttribute } from '../normalization/stash-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `Attention`. */
export interface AttentionView extends View {
  /** Factor of Q·Kᵀ: `1 / sqrt(head size)` when it is not given; undefined while that is not known. */
  readonly scale: number | undefined;
  readonly isCausal: boolean;
  readonly qNumHeads: number | undefined;
  readonly kvNumHeads: number | undefined;
  /** 0 for none. */
  readonly softcap: number;
  readonly softmaxPrecision: DType | undefined;
  /** What the fourth output shows: 0 scaled product, 1 after softcap, 2 with the bias, 3 after Softmax. */
  readonly qkMatmulOutputMode: number;
  /** How many keys before and after its own place a query sees; undefined for all of them. */
  readonly leftWindowSize: number | undefined;
  readonly rightWindowSize: number | undefined;
}

export function attentionView(ctx: OpContext): AttentionView {
  const qNumHeads = headCount(ctx, 'q_num_heads', 0);
  const kvNumHeads = headCount(ctx, 'kv_num_heads', 1);
  if (qNumHeads !== undefined && kvNumHeads !== undefined && qNumHeads % kvNumHeads !== 0) {
    throw ctx.invalid(`${qNumHeads} query heads do not share ${kvNumHeads} key heads evenly`);
  }
  const mode = ctx.int('qk_matmul_output_mode') ?? 0;
  if (![0, 1, 2, 3].includes(mode)) throw ctx.invalid(`qk_matmul_output_mode ${mode} is unknown`);
  return {
    scale: ctx.float('scale') ?? defaultScale(ctx, qNumHeads),
    isCausal: ctx.int('is_causal') === 1,
    qNumHeads,
    kvNumHeads,
    softcap: ctx.float('softcap') ?? 0,
    softmaxPrecision: floatTypeAttribute(ctx, 'softmax_precision'),
    qkMatmulOutputMode: mode,
    leftWindowSize: windowSize(ctx, 'left_window_size'),
    rightWindowSize: windowSize(ctx, 'right_window_size'),
  };
}

/** Heads of an operand: its own axis when it has rank 4, else the attribute. */
function headCount(ctx: OpContext, name: string, index: number): number | undefined {
  const shape = ctx.shape(index);
  if (shape?.length === 4) return typeof shape[1] === 'number' && shape[1] > 0 ? shape[1] : undefined;
  const heads = ctx.int(name);
  if (heads !== undefined && (!Number.isSafeInteger(heads) || heads < 1))
    throw ctx.invalid(`${name} is ${heads}`);
  if (heads === undefined && shape?.length === 3) throw ctx.invalid(`operands of rank 3 need ${name}`);
  return heads;
}

function defaultScale(ctx: OpContext, heads: number | undefined): number | undefined {
  const q = ctx.shape(0);
  const size = q && splitHeads(ctx, 0, q, heads).size;
  return typeof size === 'number' ? 1 / Math.sqrt(size) : undefined;
}

function windowSize(ctx: OpContext, name: string): number | undefined {
  const size = ctx.int(name) ?? -1;
  if (size < -1) throw ctx.invalid(`${name} is ${size}`);
  return size === -1 ? undefined : size;
}

/** Sizes of an operand [B, heads, length, size] or [B, length, heads * size]. */
export interface HeadSizes {
  readonly batch: Dim;
  readonly heads: Dim;
  readonly length: Dim;
  readonly size: Dim;
}

/** Reads the sizes of Q, K or V. Throws when the last axis of a rank 3 operand does not divide into heads. */
export function splitHeads(
  ctx: OpContext,
  index: number,
  shape: Shape,
  heads: number | undefined,
): HeadSizes {
  const [batch = 1, second = 1, third = 1, fourth = 1] = shape;
  if (shape.length === 4) return { batch, heads: second, length: third, size: fourth };
  if (shape.length !== 3)
    throw ctx.invalid(`operand ${index} has shape ${printShape(shape)}, not rank 3 or 4`);
  if (heads === undefined) return { batch, heads: freshDim(), length: second, size: freshDim() };
  const size = exactDiv(third, heads);
  if (size === undefined && typeof third === 'number') {
    throw ctx.invalid(`operand ${index} of size ${third} does not divide into ${heads} heads`);
  }
  return { batch, heads, length: second, size: size ?? freshDim() };
}

function checkSame(ctx: OpContext, what: string, a: Dim, b: Dim): void {
  if (sameDim(a, b) === 'no') throw ctx.invalid(`${what} differ: ${a} and ${b}`);
}

/**
 * Scaled dot-product attention with masks, causal and local windows, soft caps, shared key heads and a cache
 * of keys and values. Results: Y, present_key, present_value, qk_matmul_output.
 */
export const attention: Operator<AttentionView> = operator<AttentionView>({
  name: 'Attention',
  view: attentionView,
  infer(ctx, view) {
    const [qShape, kShape, vShape] = [ctx.shape(0), ctx.shape(1), ctx.shape(2)];
    const dtype = ctx.dtype(0);
    const valueType = ctx.dtype(2);
    if (qShape === undefined || kShape === undefined || vShape === undefined) {
      return [dtype, dtype, valueType, dtype].map((t) => t && tensorType(t)).slice(0, ctx.outputCount);
    }
    if (qShape.length !== kShape.length || qShape.length !== vShape.length) {
      throw ctx.invalid('Q, K and V differ in rank');
    }
    if (ctx.hasInput(4) !== ctx.hasInput(5)) throw ctx.invalid('past_key and past_value go together');
    if (ctx.hasInput(4) && ctx.hasInput(6)) throw ctx.invalid('nonpad_kv_seqlen cannot go with a past');
    const q = splitHeads(ctx, 0, qShape, view.qNumHeads);
    const k = splitHeads(ctx, 1, kShape, view.kvNumHeads);
    const v = splitHeads(ctx, 2, vShape, view.kvNumHeads);
    checkSame(ctx, 'batch sizes', q.batch, k.batch);
    checkSame(ctx, 'batch sizes', q.batch, v.batch);
    checkSame(ctx, 'head sizes of Q and K', q.size, k.size);
    checkSame(ctx, 'heads of K and V', k.heads, v.heads);
    checkSame(ctx, 'lengths of K and V', k.length, v.length);
    const past = ctx.hasInput(4) ? (ctx.shape(4)?.[2] ?? freshDim()) : 0;
    const total = addDims(past, k.length);
    const y =
      qShape.length === 4
        ? [q.batch, q.heads, q.length, v.size]
        : [q.batch, q.length, mulDims(q.heads, v.size)];
    return [
      dtype && tensorType(dtype, y),
      dtype && tensorType(dtype, [k.batch, k.heads, total, k.size]),
      valueType && tensorType(valueType, [v.batch, v.heads, total, v.size]),
      dtype && tensorType(dtype, [q.batch, q.heads, q.length, total]),
    ].slice(0, ctx.outputCount);
  },
});
