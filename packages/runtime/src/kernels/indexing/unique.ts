import { unique } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { Int64Result } from './int64-results.ts';
import { itemOrder, itemsAlong } from './item-order.ts';
import { takeSlices } from './places.ts';

/** Equal items by their first places, in the order of the result. */
interface Groups {
  readonly first: Float64Array;
  /** The group of each item. */
  readonly groupOf: Float64Array;
  readonly counts: Float64Array;
}

export const uniqueKernel: Kernel = {
  name: 'Unique',
  run(inputs, ctx) {
    const input = asTensor(inputs[0], ctx, 0);
    const view = unique.view(ctx.op);
    const flat = view.axis === undefined ? input.reshaped([input.size]) : input;
    const axis = view.axis ?? 0;
    const groups = groupItems(ctx, flat, axis, view.sorted);
    const dims = flat.dims.map((size, i) => (i === axis ? groups.first.length : size));
    return [
      takeSlices(ctx, flat, axis, groups.first, dims),
      ctx.wants(1) ? int64List(ctx, groups.first) : undefined,
      ctx.wants(2) ? int64List(ctx, groups.groupOf) : undefined,
      ctx.wants(3) ? int64List(ctx, groups.counts) : undefined,
    ].slice(0, ctx.outputCount);
  },
};

function int64List(ctx: KernelContext, values: Float64Array): NdArray {
  const result = new Int64Result(ctx, [values.length]);
  for (let i = 0; i < values.length; i += 1) result.set(i, values[i] as number);
  return result.array;
}

/** Sorts the items, so that equal ones are neighbours and the first of them comes first. */
function groupItems(ctx: KernelContext, input: NdArray, axis: number, sorted: boolean): Groups {
  const count = input.dims[axis] ?? 0;
  const order = itemOrder(itemsAlong(ctx, input, axis), count);
  const places = Float64Array.from({ length: count }, (_, i) => i);
  places.sort((a, b) => order.compare(a, b) || a - b);
  const first: number[] = [];
  const counts: number[] = [];
  const groupOf = new Float64Array(count);
  for (let i = 0; i < count; i += 1) {
    const item = places[i] as number;
    if (i === 0 || !order.same(places[i - 1] as number, item)) {
      first.push(item);
      counts.push(0);
    }
    groupOf[item] = first.length - 1;
    counts[first.length - 1] = (counts[first.length - 1] ?? 0) + 1;
  }
  const groups = { first: Float64Array.from(first), groupOf, counts: Float64Array.from(counts) };
  return sorted ? groups : byFirstPlace(groups);
}

function byFirstPlace(groups: Groups): Groups {
  const { first, groupOf, counts } = groups;
  const order = Float64Array.from(first, (_, i) => i).sort(
    (a, b) => (first[a] as number) - (first[b] as number),
  );
  const placeOf = new Float64Array(order.length);
  for (let i = 0; i < order.length; i += 1) placeOf[order[i] as number] = i;
  return {
    first: order.map((g) => first[g] as number),
    groupOf: groupOf.map((g) => placeOf[g] as number),
    counts: order.map((g) => counts[g] as number),
  };
}
