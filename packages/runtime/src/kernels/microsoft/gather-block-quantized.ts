import { type GatherBlockQuantizedView, gatherBlockQuantized as gatherOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { indicesOf, placesOf, takeSlices } from '../indexing/places.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { type Coding, numbersOf } from '../quantization/codes.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { unpacked } from './packed-codes.ts';

type Inputs = readonly (NdValue | undefined)[];

/** Slices of an operand at places of the axis that is looked up. */
function slices(
  inputs: Inputs,
  index: number,
  axis: number,
  places: Float64Array,
  ctx: KernelContext,
): NdArray {
  const operand = realOperand(inputs, ctx, index);
  return takeSlices(ctx, operand, axis, places, operand.dims.with(axis, places.length));
}

/** Bytes of several codes as the codes; rows of bytes go along the last axis, which has `columns` codes. */
function codesOf(
  array: NdArray,
  columns: number,
  view: GatherBlockQuantizedView,
  ctx: KernelContext,
): NdArray {
  if ((view.packed ?? 1) === 1) return array;
  return unpacked(array, view.bits, array.dims.with(-1, columns), ctx);
}

/** Scales and zero points of slices. Looked up along the axis of the blocks, each code has its own. */
function codingOf(
  inputs: Inputs,
  view: GatherBlockQuantizedView,
  places: Float64Array,
  ctx: KernelContext,
): Coding {
  const { gatherAxis, quantizeAxis, blockSize, bits } = view;
  const isAlong = gatherAxis === quantizeAxis;
  const blocks = isAlong ? places.map((place) => Math.floor(place / blockSize)) : places;
  const layout = { granularity: 'block', axis: quantizeAxis, blockSize: isAlong ? 1 : blockSize } as const;
  const scale = slices(inputs, 2, gatherAxis, blocks, ctx);
  if (inputs[3] !== undefined) {
    const zeros = codesOf(slices(inputs, 3, gatherAxis, blocks, ctx), scale.dims.at(-1) ?? 1, view, ctx);
    return { layout, scale: reals(scale), zeroPoint: reals(zeros) };
  }
  const middle = realOperand(inputs, ctx, 0).dtype === 'uint8' ? 2 ** (bits - 1) : 0;
  return { layout, scale: reals(scale), zeroPoint: new Uint8Array(scale.size).fill(middle) };
}

/** `GatherBlockQuantized`: only what is looked up is decoded. An index out of range is an error, as in Gather. */
export const gatherBlockQuantized: Kernel = {
  domain: 'com.microsoft',
  name: 'GatherBlockQuantized',
  run(inputs, ctx) {
    const view = gatherOperator.view(ctx.op);
    const dims = resultDims(ctx, gatherOperator, view);
    const { gatherAxis } = view;
    const size = realOperand(inputs, ctx, 0).dims[gatherAxis] ?? 0;
    const places = placesOf(ctx.op, indicesOf(inputs, ctx, 1), size);
    const codes = codesOf(slices(inputs, 0, gatherAxis, places, ctx), dims.at(-1) ?? 1, view, ctx);
    const coding = codingOf(inputs, view, places, ctx);
    return [numbersOf(codes, coding, realOperand(inputs, ctx, 2).dtype, ctx).reshaped(dims)];
  },
};
