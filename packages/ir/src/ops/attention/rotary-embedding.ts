import { printShape } from '../../types/shape.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `RotaryEmbedding`. */
export interface RotaryEmbeddingView extends View {
  /** Whether neighbouring elements make a pair; else those of the first and second half do. */
  readonly interleaved: boolean;
  /** Heads of an input [B, length, heads * size]. */
  readonly numHeads: number | undefined;
  /** Leading elements of each head that are rotated; undefined for all of them. */
  readonly rotaryEmbeddingDim: number | undefined;
}

/** The operator `RotaryEmbedding`. */
export const rotaryEmbedding: Operator<RotaryEmbeddingView> = operator<RotaryEmbeddingView>({
  name: 'RotaryEmbedding',
  view(ctx) {
    const dim = ctx.int('rotary_embedding_dim') ?? 0;
    if (!Number.isSafeInteger(dim) || dim < 0 || dim % 2 !== 0)
      throw ctx.invalid(`rotary_embedding_dim is ${dim}`);
    const heads = ctx.int('num_heads') ?? 0;
    if (!Number.isSafeInteger(heads) || heads < 0) throw ctx.invalid(`num_heads is ${heads}`);
    if (heads === 0 && ctx.rank(0) === 3) throw ctx.invalid('an input of rank 3 needs num_heads');
    return {
      interleaved: ctx.int('interleaved') === 1,
      numHeads: heads === 0 ? undefined : heads,
      rotaryEmbeddingDim: dim === 0 ? undefined : dim,
    };
  },
  infer(ctx) {
    const x = ctx.shape(0);
    if (x && x.length !== 3 && x.length !== 4)
      throw ctx.invalid(`input ${printShape(x)} has not rank 3 or 4`);
    return [ctx.type(0)];
  },
});
