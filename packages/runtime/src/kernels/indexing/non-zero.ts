import { dtypeKind, elementCount, isFloat } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, reals } from '../../tensor/reals.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { Int64Result } from './int64-results.ts';

export const nonZeroKernel: Kernel = {
  name: 'NonZero',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const flags = nonZeroFlags(input);
    let count = 0;
    for (let i = 0; i < flags.length; i += 1) count += flags[i] as number;
    const output = new Int64Result(ctx, [input.rank, count]);
    writeCoordinates(flags, input.dims, count, output);
    return [output.array];
  },
};

/** 1 for each element that is not zero, by value: -0 is zero, NaN is not; an empty string counts as zero. */
function nonZeroFlags(input: NdArray): Uint8Array {
  const flags = new Uint8Array(input.size);
  const { data } = input;
  if (Array.isArray(data)) {
    for (let i = 0; i < flags.length; i += 1) flags[i] = data[i] === '' ? 0 : 1;
  } else if (isFloat(input.dtype)) {
    markNonZero(flags, reals(input), 1);
  } else if (dtypeKind(input.dtype) === 'complex') {
    if (data instanceof Float32Array || data instanceof Float64Array) markNonZero(flags, data, 2);
  } else {
    const { words, width } = wordsOf(input);
    if (!Array.isArray(words)) markNonZero(flags, words, width);
  }
  return flags;
}

function markNonZero(flags: Uint8Array, parts: ArrayLike<number>, width: number): void {
  for (let i = 0, p = 0; i < flags.length; i += 1) {
    for (let k = 0; k < width; k += 1, p += 1) if (parts[p] !== 0) flags[i] = 1;
  }
}

/** Coordinate `k` of the i-th element found goes to row `k`, column `i`. */
function writeCoordinates(
  flags: Uint8Array,
  dims: readonly number[],
  count: number,
  output: Int64Result,
): void {
  const last = dims.length - 1;
  if (last < 0 || count === 0) return;
  const length = dims[last] ?? 1;
  const outer = dims.slice(0, last);
  const index = outer.map(() => 0);
  const rows = elementCount(outer);
  let found = 0;
  for (let r = 0, at = 0; r < rows; r += 1) {
    for (let j = 0; j < length; j += 1, at += 1) {
      if (flags[at] === 0) continue;
      for (let k = 0; k < last; k += 1) output.set(k * count + found, index[k] as number);
      output.set(last * count + found, j);
      found += 1;
    }
    for (let k = last - 1; k >= 0; k -= 1) {
      const next = (index[k] ?? 0) + 1;
      index[k] = next === dims[k] ? 0 : next;
      if (next !== dims[k]) break;
    }
  }
}
