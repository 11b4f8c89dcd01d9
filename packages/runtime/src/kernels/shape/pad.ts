import { allNumbers, type PadView, pad } from '@refold/ir';
import { newData } from '../../tensor/codec.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, fromReals } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { fillWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { resultDims } from '../result-dims.ts';
import { gatherGrid } from './gather-grid.ts';

export const padKernel: Kernel = {
  name: 'Pad',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = pad.view(ctx.op);
    const dims = resultDims(ctx, pad, view);
    const pads = allNumbers(view.pads) ?? [];
    if (pads.every((p) => p === 0)) return [input];
    const output = ctx.alloc(input.dtype, dims);
    if (output.size === 0) return [output];
    if (view.mode === 'constant') {
      const value =
        ctx.op.version >= 11 && inputs[2] ? asTensor(inputs[2], ctx, 2) : attributeValue(view, input);
      if (value.size !== 1 || value.dtype !== input.dtype) {
        throw ctx.op.invalid('the constant value must be one element of the type of the data');
      }
      padConstant(input, output, pads, value);
    } else {
      gatherGrid(input, output, sourcePlaces(ctx, view.mode, input.dims, dims, pads));
    }
    return [output];
  },
};

/** The element of opsets before 11, where it is a float attribute; zero when none is given. */
function attributeValue(view: PadView, input: NdArray): NdArray {
  if (typeof view.constant_value !== 'number' || view.constant_value === 0) {
    return new NdArray(input.dtype, [], newData(input.dtype, 1));
  }
  return fromReals(input.dtype, [], [view.constant_value]);
}

/** Fills the result, then copies that part of the input which stays. */
function padConstant(input: NdArray, output: NdArray, pads: readonly number[], value: NdArray): void {
  const source = wordsOf(input);
  const target = wordsOf(output);
  const fill = wordsOf(value);
  fillWords(target.words, 0, fill.words, 0, output.size, target.width);
  const from = strides(input.dims);
  const to = strides(output.dims);
  let skip = 0;
  let offset = 0;
  const kept = input.dims.map((size, axis) => {
    const before = pads[axis] ?? 0;
    const after = pads[axis + input.rank] ?? 0;
    skip += Math.max(-before, 0) * (from[axis] ?? 0);
    offset += Math.max(before, 0) * (to[axis] ?? 0);
    return Math.max(size + Math.min(before, 0) + Math.min(after, 0), 0);
  });
  stridedCopy(kept, { view: target, offset, strides: to }, { view: source, offset: skip, strides: from });
}

/**
 * For each axis the place in the input of every place in the result. Elements that negative pads take away
 * are gone before the others are repeated.
 */
function sourcePlaces(
  ctx: KernelContext,
  mode: 'reflect' | 'edge' | 'wrap',
  from: readonly number[],
  to: readonly number[],
  pads: readonly number[],
): readonly Int32Array[] {
  return to.map((length, axis) => {
    const before = pads[axis] ?? 0;
    const after = pads[axis + from.length] ?? 0;
    const first = Math.max(-before, 0);
    const size = (from[axis] ?? 0) - first - Math.max(-after, 0);
    if (size <= 0) throw ctx.op.invalid(`axis ${axis} has no elements to pad with`);
    const places = new Int32Array(length);
    for (let i = 0; i < length; i += 1) places[i] = first + place(mode, i - Math.max(before, 0), size);
    return places;
  });
}

/** Where an element comes from that lies at `i` before, in or after `0 .. size`. */
function place(mode: 'reflect' | 'edge' | 'wrap', i: number, size: number): number {
  if (i >= 0 && i < size) return i;
  if (mode === 'edge' || size === 1) return i < 0 ? 0 : size - 1;
  if (mode === 'wrap') return ((i % size) + size) % size;
  const period = 2 * (size - 1);
  const at = ((i % period) + period) % period;
  return at < size ? at : period - at;
}
