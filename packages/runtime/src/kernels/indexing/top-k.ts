import { topK } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { copyWords, wordsOf } from '../../tensor/words.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';
import { Int64Result } from './int64-results.ts';
import { around } from './places.ts';
import { type Lane, selectFirst } from './select-first.ts';

export const topKKernel: Kernel = {
  name: 'TopK',
  run(inputs, ctx) {
    const input = realOperand(inputs, ctx, 0);
    const view = topK.view(ctx.op);
    const dims = resultDims(ctx, topK, view);
    const values = ctx.alloc(input.dtype, dims);
    const indices = new Int64Result(ctx, dims);
    const { outer, size, inner } = around(input.dims, view.axis);
    const k = dims[view.axis] ?? 0;
    if (values.size === 0) return [values, indices.array].slice(0, ctx.outputCount);
    const { words: source, width } = wordsOf(input);
    const { words: target } = wordsOf(values);
    const keys = keysOf(input);
    const lane = newLane(keys, size);
    for (let o = 0; o < outer; o += 1) {
      ctx.tick();
      for (let j = 0; j < inner; j += 1) {
        loadLane(lane, keys, o * size * inner + j, inner);
        const places = selectFirst(lane, k, view.largest);
        for (let i = 0; i < k; i += 1) {
          const at = (o * k + i) * inner + j;
          const place = places[i] as number;
          indices.set(at, place);
          copyWords(target, at * width, source, ((o * size + place) * inner + j) * width, width);
        }
      }
    }
    return [values, indices.array].slice(0, ctx.outputCount);
  },
};

type Keys = ArrayLike<number> | BigInt64Array | BigUint64Array;

function keysOf(input: NdArray): Keys {
  const { data } = input;
  return data instanceof BigInt64Array || data instanceof BigUint64Array ? data : reals(input);
}

function newLane(keys: Keys, size: number): Lane {
  if (keys instanceof BigInt64Array) return new BigInt64Array(size);
  return keys instanceof BigUint64Array ? new BigUint64Array(size) : new Float64Array(size);
}

function loadLane(lane: Lane, keys: Keys, start: number, step: number): void {
  for (let i = 0, at = start; i < lane.length; i += 1, at += step) lane[i] = keys[at] as number & bigint;
}
