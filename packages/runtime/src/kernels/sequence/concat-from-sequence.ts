import { concatFromSequence } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { asSequence } from './sequence-edit.ts';

/** The elements of a sequence, joined along an axis that they have or stacked along a new one. */
export const concatFromSequenceKernel: Kernel = {
  name: 'ConcatFromSequence',
  run(inputs, ctx) {
    const { axis, newAxis } = concatFromSequence.view(ctx.op);
    const items = asSequence(inputs[0], ctx).items.map((item) => asTensor(item, ctx, 0));
    if (items.length === 0) throw ctx.op.invalid('the sequence is empty');
    const parts = newAxis ? items.map((item) => item.reshaped(withAxis(item.dims, axis))) : items;
    return [concatenate(ctx, parts, axis)];
  },
};

function withAxis(dims: readonly number[], axis: number): readonly number[] {
  return [...dims.slice(0, axis), 1, ...dims.slice(axis)];
}

function concatenate(ctx: KernelContext, parts: readonly NdArray[], axis: number): NdArray {
  const [first] = parts;
  if (first === undefined) throw ctx.op.invalid('the sequence is empty');
  let total = 0;
  for (const part of parts) {
    const fits = part.rank === first.rank && part.dims.every((d, i) => i === axis || d === first.dims[i]);
    if (!fits || part.dtype !== first.dtype) {
      throw ctx.op.invalid(
        `[${first.dims.join(', ')}] and [${part.dims.join(', ')}] cannot be joined on axis ${axis}`,
      );
    }
    total += part.dims[axis] ?? 0;
  }
  const out = ctx.alloc(
    first.dtype,
    first.dims.map((d, i) => (i === axis ? total : d)),
  );
  const steps = strides(out.dims);
  const view = wordsOf(out);
  let start = 0;
  for (const part of parts) {
    stridedCopy(
      part.dims,
      { view, offset: start * (steps[axis] ?? 0), strides: steps },
      { view: wordsOf(part), offset: 0, strides: strides(part.dims) },
    );
    start += part.dims[axis] ?? 0;
  }
  return out;
}
