import { splitToSequence } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';

/** The parts of a tensor along an axis. */
export const splitToSequenceKernel: Kernel = {
  name: 'SplitToSequence',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = splitToSequence.view(ctx.op);
    const total = input.dims[view.axis] ?? 0;
    const lengths = Array.from(view.lengths ?? equalParts(ctx, total, view.partLength));
    let sum = 0;
    for (const n of lengths) sum += n;
    if (sum !== total) throw ctx.op.invalid(`parts of ${sum} elements in all do not make up ${total}`);
    let start = 0;
    const items = lengths.map((length) => {
      const part = copyPart(ctx, input, view.axis, start, length);
      start += length;
      return view.keepsAxis ? part : part.reshaped(input.dims.filter((_, i) => i !== view.axis));
    });
    return [{ kind: 'sequence', items }];
  },
};

function equalParts(ctx: KernelContext, total: number, length: number | undefined): ArrayLike<number> {
  if (length === undefined) throw ctx.op.invalid('split must be a scalar or have rank 1');
  // A tensor without elements may still have a long axis: the list of its parts counts as memory.
  const parts = doubles(ctx, [Math.ceil(total / length)]);
  for (let i = 0; i < parts.length; i += 1) parts[i] = Math.min(length, total - i * length);
  return parts;
}

function copyPart(ctx: KernelContext, input: NdArray, axis: number, start: number, length: number): NdArray {
  const dims = input.dims.map((d, i) => (i === axis ? length : d));
  const out = ctx.alloc(input.dtype, dims);
  const steps = strides(input.dims);
  stridedCopy(
    dims,
    { view: wordsOf(out), offset: 0, strides: strides(dims) },
    { view: wordsOf(input), offset: start * (steps[axis] ?? 0), strides: steps },
  );
  return out;
}
