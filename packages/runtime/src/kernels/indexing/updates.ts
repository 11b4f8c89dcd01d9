import { dtypeKind, isFloat, type ScatterReduction } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { KernelContext } from '../kernel.ts';
import { doubles } from '../real-result.ts';
import { copyOf } from './places.ts';

/** A copy of the data under change. */
export interface Updates {
  /**
   * Brings in runs of `run` elements of the updates, one after the other from element `start` on: run `i`
   * goes to the elements of the result from `places[i]` on.
   */
  apply(places: Float64Array, start: number, run: number): void;
  done(): NdArray;
}

/** Starts to scatter `updates` into a copy of `data`. Floats are accumulated in double and rounded once. */
export function scatterInto(
  ctx: KernelContext,
  data: NdArray,
  updates: NdArray,
  reduction: ScatterReduction,
): Updates {
  if (data.dtype !== updates.dtype) {
    throw ctx.op.invalid(`the data is ${data.dtype}, the updates are ${updates.dtype}`);
  }
  if (reduction === 'none') return plainUpdates(ctx, data, updates);
  const kind = dtypeKind(data.dtype);
  if (kind === 'string' || kind === 'complex') {
    throw ctx.op.invalid(`reduction ${reduction} is not defined for ${data.dtype}`);
  }
  const result = copyOf(ctx, data);
  const into = result.data;
  const from = updates.data;
  if (into instanceof BigInt64Array && from instanceof BigInt64Array)
    return bigUpdates(result, into, from, reduction);
  if (into instanceof BigUint64Array && from instanceof BigUint64Array) {
    return bigUpdates(result, into, from, reduction);
  }
  if (isFloat(data.dtype)) {
    const sums = doubles(ctx, data.dims);
    sums.set(reals(data));
    return realUpdates(result, sums, reals(updates), reduction);
  }
  return realUpdates(
    result,
    reals(result),
    reals(updates),
    kind === 'bool' ? logical(reduction) : integer(reduction),
  );
}

function plainUpdates(ctx: KernelContext, data: NdArray, updates: NdArray): Updates {
  const result = copyOf(ctx, data);
  const { words: target, width } = wordsOf(result);
  const { words: source } = wordsOf(updates);
  return {
    apply(places, start, run) {
      for (let i = 0; i < places.length; i += 1) {
        const at = (places[i] as number) * width;
        copyWords(target, at, source, (start + i * run) * width, run * width);
      }
    },
    done: () => result,
  };
}

type RealReduction = Exclude<ScatterReduction, 'none'> | 'imul';

/** Integer products need all 32 bits, which a product of doubles would round. */
function integer(reduction: Exclude<ScatterReduction, 'none'>): RealReduction {
  return reduction === 'mul' ? 'imul' : reduction;
}

/** Sums and products of truth values are "or" and "and". */
function logical(reduction: Exclude<ScatterReduction, 'none'>): RealReduction {
  return reduction === 'add' ? 'max' : reduction === 'mul' ? 'min' : reduction;
}

/** `into` is the memory of the result itself, or what is rounded into it at the end. */
function realUpdates(result: NdArray, into: Reals, from: Reals, reduction: RealReduction): Updates {
  return {
    apply(places, start, run) {
      for (let i = 0, u = start; i < places.length; i += 1) {
        const at = places[i] as number;
        for (let j = at; j < at + run; j += 1, u += 1) {
          into[j] = combine(reduction, into[j] as number, from[u] as number);
        }
      }
    },
    done() {
      if (into !== result.data) storeReals(into, result);
      return result;
    },
  };
}

function combine(reduction: RealReduction, a: number, b: number): number {
  switch (reduction) {
    case 'add':
      return a + b;
    case 'mul':
      return a * b;
    case 'imul':
      return Math.imul(a, b);
    case 'min':
      return Math.min(a, b);
    case 'max':
      return Math.max(a, b);
  }
}

function bigUpdates(
  result: NdArray,
  into: BigInt64Array | BigUint64Array,
  from: BigInt64Array | BigUint64Array,
  reduction: Exclude<ScatterReduction, 'none'>,
): Updates {
  return {
    apply(places, start, run) {
      for (let i = 0, u = start; i < places.length; i += 1) {
        const at = places[i] as number;
        for (let j = at; j < at + run; j += 1, u += 1) {
          into[j] = combineBig(reduction, into[j] as bigint, from[u] as bigint);
        }
      }
    },
    done: () => result,
  };
}

function combineBig(reduction: Exclude<ScatterReduction, 'none'>, a: bigint, b: bigint): bigint {
  switch (reduction) {
    case 'add':
      return a + b;
    case 'mul':
      return a * b;
    case 'min':
      return a < b ? a : b;
    case 'max':
      return a > b ? a : b;
  }
}
