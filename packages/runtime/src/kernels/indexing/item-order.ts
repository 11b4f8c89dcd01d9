import { dtypeKind } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { KernelContext } from '../kernel.ts';
import { compareStrings } from './compare-strings.ts';

/** How the slices of a tensor along its first axis compare. */
export interface ItemOrder {
  /** Lexicographic order; NaN stands behind every number, and level with itself. */
  compare(a: number, b: number): number;
  /** Whether two items are equal; NaN is equal to nothing, -0 to 0. */
  same(a: number, b: number): boolean;
}

/** The input with `axis` as its first one, so that each slice along it is one run of memory. */
export function itemsAlong(ctx: KernelContext, input: NdArray, axis: number): NdArray {
  if (axis === 0) return input;
  const own = strides(input.dims);
  const moved = [axis, ...input.dims.keys()].filter((k, i) => i === 0 || k !== axis);
  const dims = moved.map((k) => input.dims[k] ?? 1);
  const output = ctx.alloc(input.dtype, dims);
  stridedCopy(
    dims,
    { view: wordsOf(output), offset: 0, strides: strides(dims) },
    { view: wordsOf(input), offset: 0, strides: moved.map((k) => own[k] ?? 0) },
  );
  return output;
}

/** The order of `count` items that lie one behind the other. Complex numbers compare by real part first. */
export function itemOrder(items: NdArray, count: number): ItemOrder {
  const { data } = items;
  const run = count === 0 ? 0 : data.length / count;
  if (Array.isArray(data)) return stringOrder(data, run);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return numberOrder(data, run);
  return numberOrder(dtypeKind(items.dtype) === 'complex' ? data : reals(items), run);
}

function numberOrder<T extends number | bigint>(keys: ArrayLike<T>, run: number): ItemOrder {
  return {
    compare(a, b) {
      for (let k = 0, i = a * run, j = b * run; k < run; k += 1, i += 1, j += 1) {
        const x = keys[i] as T;
        const y = keys[j] as T;
        if (x < y) return -1;
        if (x > y) return 1;
        if (x !== y) {
          // Neither smaller nor larger: at least one of them is NaN, unless one zero is negative.
          const order = Number(Number.isNaN(x)) - Number(Number.isNaN(y));
          if (order !== 0) return order;
        }
      }
      return 0;
    },
    same(a, b) {
      for (let k = 0; k < run; k += 1) if (keys[a * run + k] !== keys[b * run + k]) return false;
      return true;
    },
  };
}

function stringOrder(keys: readonly string[], run: number): ItemOrder {
  const compare = (a: number, b: number): number => {
    for (let k = 0; k < run; k += 1) {
      const order = compareStrings(keys[a * run + k] as string, keys[b * run + k] as string);
      if (order !== 0) return order;
    }
    return 0;
  };
  return { compare, same: (a, b) => compare(a, b) === 0 };
}
