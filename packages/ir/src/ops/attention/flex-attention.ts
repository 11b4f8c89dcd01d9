import { sameDim } from '../../types/dim-bounds.ts';
import { type DType, dtypeBits } from '../../types/dtype.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { floatTypeAttribute } from '../normalization/stash-type.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `FlexAttention`. */
export interface FlexAttentionView extends View {
  /** Factor of Q·Kᵀ: `1 / sqrt(head size)` when it is not given; undefined while that is not known. */
  readonly scale: number | undefined;
  /** Type of the scores and probabilities that the modifier graphs see. */
  readonly softmaxPrecision: DType | undefined;
}

function flexAttentionView(ctx: OpContext): FlexAttentionView {
  const size = ctx.shape(0)?.[3];
  const dtype = ctx.dtype(0);
  const wide = dtype === undefined ? undefined : dtypeBits(dtype) > 32 ? dtype : 'float32';
  return {
    scale: ctx.float('scale') ?? (typeof size === 'number' ? 1 / Math.sqrt(size) : undefined),
    softmaxPrecision: floatTypeAttribute(ctx, 'softmax_precision') ?? wide,
  };
}

/** Infers the graphs that scores and probabilities pass through, both [batch, heads, length, key length]. */
function inferModifiers(ctx: OpContext, view: FlexAttentionView): void {
  const [batch, heads, length] = ctx.shape(0) ?? [];
  const keyLength = ctx.shape(1)?.[2];
  const shape = [batch, heads, length, keyLength].filter((dim) => dim !== undefined);
  const type = resultType(view.softmaxPrecision, shape.length === 4 ? shape : undefined);
  for (const name of ['score_mod', 'prob_mod']) {
    const graph = ctx.graph(name);
    if (graph) ctx.facts.inferGraph?.(graph, [type]);
  }
}

/** Attention whose scores and probabilities pass through the nested graphs `score_mod` and `prob_mod`. */
export const flexAttention: Operator<FlexAttentionView> = operator<FlexAttentionView>({
  domain: 'ai.onnx.preview',
  name: 'FlexAttention',
  view: flexAttentionView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const [q, k, v] = [ctx.shape(0), ctx.shape(1), ctx.shape(2)];
    inferModifiers(ctx, view);
    for (const shape of [q, k, v]) {
      if (shape && shape.length !== 4) throw ctx.invalid(`${printShape(shape)} does not have rank 4`);
    }
    if (dtype === undefined) return [undefined];
    if (q === undefined || k === undefined || v === undefined) return [tensorType(dtype)];
    const [batch = 1, heads = 1, length = 1, size = 1] = q;
    const [, keyHeads = 1, keyLength = 1, keySize = 1] = k;
    const [, valueHeads = 1, valueLength = 1, valueSize = 1] = v;
    if (
      sameDim(size, keySize) === 'no' ||
      sameDim(keyHeads, valueHeads) === 'no' ||
      sameDim(keyLength, valueLength) === 'no'
    ) {
      throw ctx.invalid(`${printShape(q)}, ${printShape(k)} and ${printShape(v)} do not fit`);
    }
    if (
      typeof heads === 'number' &&
      typeof keyHeads === 'number' &&
      (keyHeads < 1 || heads % keyHeads !== 0)
    ) {
      throw ctx.invalid(`${heads} query heads do not share ${keyHeads} key heads evenly`);
    }
    return [tensorType(dtype, [batch, heads, length, valueSize])];
  },
});
