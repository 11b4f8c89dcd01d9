import type { NdArray } from '../../tensor/nd-array.ts';
import type { KernelContext } from '../kernel.ts';

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * An int64 result of places and counts, which are written as plain numbers: making a bigint for each would
 * take many times as long.
 */
export class Int64Result {
  readonly array: NdArray;
  private readonly words: Uint32Array;

  constructor(ctx: KernelContext, dims: readonly number[]) {
    this.array = ctx.alloc('int64', dims);
    const { data } = this.array;
    this.words =
      data instanceof BigInt64Array
        ? new Uint32Array(data.buffer, data.byteOffset, data.length * 2)
        : new Uint32Array(0);
  }

  /** Stores a number that is neither negative nor above 2^53. */
  set(at: number, value: number): void {
    const low = LITTLE_ENDIAN ? 2 * at : 2 * at + 1;
    this.words[low] = value;
    this.words[low ^ 1] = Math.floor(value / 4294967296);
  }
}
