import {
  bitCast as bitCastOperator,
  type CastView,
  castLike as castLikeOperator,
  cast as castOperator,
  type DType,
  dtypeBits,
  Tensor,
} from '@refold/ir';
import { ndFromTensor, tensorFromNd } from '../../tensor/codec.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { castNumbers } from './cast-numbers.ts';
import { castToStrings, parseStrings } from './cast-strings.ts';

function castTo(x: NdArray, to: DType | undefined, view: CastView, ctx: KernelContext): NdArray {
  if (to === undefined) throw ctx.op.invalid('the element type to cast to is not known');
  if (x.dtype === to) return x;
  for (const dtype of [x.dtype, to]) {
    if (dtype === 'complex64' || dtype === 'complex128') throw ctx.op.invalid(`${dtype} cannot be cast`);
  }
  if (to === 'string') return castToStrings(x, ctx);
  return x.dtype === 'string' ? parseStrings(x, to, view, ctx) : castNumbers(x, to, view, ctx);
}

const cast: Kernel = {
  name: 'Cast',
  run(inputs, ctx) {
    const view = castOperator.view(ctx.op);
    return [castTo(asTensor(inputs[0], ctx, 0), view.to, view, ctx)];
  },
};

const castLike: Kernel = {
  name: 'CastLike',
  run(inputs, ctx) {
    const view = castLikeOperator.view(ctx.op);
    return [castTo(asTensor(inputs[0], ctx, 0), asTensor(inputs[1], ctx, 1).dtype, view, ctx)];
  },
};

/** The same bytes in the layout of `raw_data` under another type. */
const bitCast: Kernel = {
  name: 'BitCast',
  run(inputs, ctx) {
    const { to } = bitCastOperator.view(ctx.op);
    const x = asTensor(inputs[0], ctx, 0);
    if (x.dtype === 'string' || to === 'string') throw ctx.op.invalid('strings have no bits to cast');
    if (dtypeBits(x.dtype) !== dtypeBits(to))
      throw ctx.op.invalid(`${x.dtype} and ${to} have different widths`);
    return [ndFromTensor(Tensor.ofBytes(to, x.dims, tensorFromNd(x).bytes()))];
  },
};

export const castKernels: readonly Kernel[] = [cast, castLike, bitCast];
