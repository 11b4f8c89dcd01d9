import { elementCount, type OpContext } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { KernelContext } from '../kernel.ts';

/** The operand of indices, which are int32 or int64. */
export function indicesOf(inputs: readonly (NdValue | undefined)[], ctx: KernelContext, at: number): NdArray {
  const indices = asTensor(inputs[at], ctx, at);
  if (indices.dtype !== 'int64' && indices.dtype !== 'int32') {
    throw ctx.op.invalid(`input ${at} is ${indices.dtype}, not int32 or int64`);
  }
  return indices;
}

/** Indices into an axis as places `0 .. size`; negative ones count from the end. Throws for those outside. */
export function placesOf(op: OpContext, indices: NdArray, size: number): Float64Array {
  const places = new Float64Array(reals(indices));
  for (let i = 0; i < places.length; i += 1) {
    const index = places[i] as number;
    if (index < -size || index >= size) {
      throw op.invalid(`index ${index} is out of range for an axis of size ${size}`);
    }
    if (index < 0) places[i] = index + size;
  }
  return places;
}

/** How a shape divides at an axis: elements before it, its size, elements behind it. */
export function around(
  dims: readonly number[],
  axis: number,
): { readonly outer: number; readonly size: number; readonly inner: number } {
  return {
    outer: elementCount(dims.slice(0, axis)),
    size: dims[axis] ?? 1,
    inner: elementCount(dims.slice(axis + 1)),
  };
}

/** Slices of the input at places of one axis, in the given order, as a tensor of shape `dims`. */
export function takeSlices(
  ctx: KernelContext,
  input: NdArray,
  axis: number,
  places: Float64Array,
  dims: readonly number[],
): NdArray {
  const output = ctx.alloc(input.dtype, dims);
  const { words: source, width } = wordsOf(input);
  const { words: target } = wordsOf(output);
  const { outer, size, inner } = around(input.dims, axis);
  const run = inner * width;
  if (run === 0) return output;
  for (let o = 0, at = 0; o < outer; o += 1) {
    const base = o * size * run;
    if (run === 1) {
      for (let i = 0; i < places.length; i += 1, at += 1) {
        target[at] = source[base + (places[i] as number)] as number & string;
      }
    } else {
      for (let i = 0; i < places.length; i += 1, at += run) {
        copyWords(target, at, source, base + (places[i] as number) * run, run);
      }
    }
  }
  return output;
}

/** A copy of an array whose elements may be written to. */
export function copyOf(ctx: KernelContext, input: NdArray): NdArray {
  const output = ctx.alloc(input.dtype, input.dims);
  const source = wordsOf(input).words;
  copyWords(wordsOf(output).words, 0, source, 0, source.length);
  return output;
}
