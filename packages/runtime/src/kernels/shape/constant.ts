import {
  constant,
  constantData,
  constantSparse,
  elementCount,
  type SparseTensor,
  tensorInts,
} from '@refold/ir';
import { ndFromTensor } from '../../tensor/codec.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { strides } from '../../tensor/strides.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';

export const constantKernel: Kernel = {
  name: 'Constant',
  run(_inputs, ctx) {
    const view = constant.view(ctx.op);
    const tensor = constantData(ctx.op, view);
    if (tensor !== undefined) return [ndFromTensor(tensor)];
    const sparse = constantSparse(ctx.op);
    if (sparse === undefined) throw ctx.op.invalid('there is no value');
    return [denseOf(sparse, ctx)];
  },
};

/** The dense form of a sparse tensor: zero but for the listed places, linear [NNZ] or coordinates [NNZ, rank]. */
function denseOf(sparse: SparseTensor, ctx: KernelContext): NdArray {
  const { dims, values, indices } = sparse;
  const places = tensorInts(indices).map(Number);
  const perValue = indices.rank === 2 ? dims.length : 1;
  if (indices.rank < 1 || indices.rank > 2 || places.length !== values.size * perValue) {
    throw ctx.op.invalid(`${places.length} indices for ${values.size} sparse values of rank ${dims.length}`);
  }
  const output = ctx.alloc(values.dtype, dims);
  const bounds = indices.rank === 2 ? dims : [elementCount(dims)];
  const steps = indices.rank === 2 ? strides(dims) : [1];
  const source = wordsOf(ndFromTensor(values));
  const target = wordsOf(output);
  for (let i = 0; i < values.size; i += 1) {
    let at = 0;
    for (let k = 0; k < perValue; k += 1) {
      const index = places[i * perValue + k] ?? -1;
      if (index < 0 || index >= (bounds[k] ?? 0))
        throw ctx.op.invalid(`sparse index ${index} is out of range`);
      at += index * (steps[k] ?? 0);
    }
    copyWords(target.words, at * target.width, source.words, i * source.width, source.width);
  }
  return output;
}
