import { type OpContext, rotaryEmbedding } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { headsOf } from './heads.ts';

/** First element in the caches, of dims `cache`, of the angles of each sample and position. */
export function angleRows(
  op: OpContext,
  cache: readonly number[],
  positions: NdArray | undefined,
  batch: number,
  length: number,
): Float64Array {
  const half = cache.at(-1) ?? 0;
  const rows = new Float64Array(batch * length);
  if (positions === undefined) {
    if (cache.length !== 3 || cache[0] !== batch || cache[1] !== length) {
      throw op.invalid(`a cache of shape [${cache.join(', ')}] is not [${batch}, ${length}, half]`);
    }
    return rows.map((_, i) => i * half);
  }
  if (cache.length !== 2 || positions.size !== rows.length) {
    throw op.invalid('with position_ids [B, length] the caches have two dimensions');
  }
  const ids = reals(positions);
  const count = cache[0] ?? 0;
  return rows.map((_, i) => {
    const id = ids[i] as number;
    if (!(id >= -count && id < count)) throw op.invalid(`position ${id} is not among ${count}`);
    return (id < 0 ? id + count : id) * half;
  });
}

/** Rotates the pairs of one head: (a, b) becomes (a cos - b sin, a sin + b cos). */
function rotate(
  data: Reals,
  out: Float32Array | Float64Array,
  at: number,
  half: number,
  interleaved: boolean,
  cos: Reals,
  sin: Reals,
  angle: number,
): void {
  for (let i = 0; i < half; i += 1) {
    const first = interleaved ? at + 2 * i : at + i;
    const second = interleaved ? first + 1 : first + half;
    const a = data[first] as number;
    const b = data[second] as number;
    const c = cos[angle + i] as number;
    const s = sin[angle + i] as number;
    out[first] = a * c - b * s;
    out[second] = a * s + b * c;
  }
}

export const rotaryEmbeddingKernel: Kernel = {
  name: 'RotaryEmbedding',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const cos = realOperand(inputs, ctx, 1);
    const sin = realOperand(inputs, ctx, 2);
    const positions = inputs[3] && realOperand(inputs, ctx, 3);
    const view = rotaryEmbedding.view(ctx.op);
    if (x.size === 0) return [x];
    const heads = headsOf(ctx.op, 0, x, view.numHeads);
    const rotated = view.rotaryEmbeddingDim ?? heads.size;
    const half = rotated / 2;
    if (rotated > heads.size || !Number.isInteger(half)) {
      throw ctx.op.invalid(`${rotated} of ${heads.size} elements cannot be rotated in pairs`);
    }
    if (cos.dims.join() !== sin.dims.join() || cos.dims.at(-1) !== half) {
      throw ctx.op.invalid(`caches must hold ${half} angles a position`);
    }
    const rows = angleRows(ctx.op, cos.dims, positions, heads.batch, heads.length);
    const result = realResult(ctx, x.dtype, x.dims);
    const [cosines, sines] = [reals(cos), reals(sin)];
    for (let b = 0; b < heads.batch; b += 1) {
      for (let h = 0; h < heads.heads; h += 1) {
        for (let t = 0; t < heads.length; t += 1) {
          const at = b * heads.batchStride + h * heads.headStride + t * heads.rowStride;
          const angle = rows[b * heads.length + t] as number;
          rotate(heads.data, result.values, at, half, view.interleaved, cosines, sines, angle);
          for (let i = at + rotated; i < at + heads.size; i += 1) result.values[i] = heads.data[i] as number;
        }
        ctx.tick();
      }
    }
    return [result.done()];
  },
};
