import { InternalError } from '@refold/ir';
import type { NdArray } from './nd-array.ts';

/**
 * Elements as machine words, for kernels that move elements without looking at them. Bits stay as they are,
 * NaN payloads included, and one loop serves all types of a width.
 */
export type Words = Uint8Array | Uint16Array | Uint32Array | string[];

/** Words of an array and how many of them make one element: 2 for 64 bits, 4 for complex128, else 1. */
export interface WordView {
  readonly words: Words;
  readonly width: 1 | 2 | 4;
}

/** A view of the memory of an array: what is written to the words is written to the array. */
export function wordsOf(array: NdArray): WordView {
  const { data } = array;
  if (Array.isArray(data)) return { words: data, width: 1 };
  const { buffer, byteOffset, byteLength } = data;
  const bytes =
    data.BYTES_PER_ELEMENT * (array.dtype === 'complex64' || array.dtype === 'complex128' ? 2 : 1);
  switch (bytes) {
    case 1:
      return { words: new Uint8Array(buffer, byteOffset, byteLength), width: 1 };
    case 2:
      return { words: new Uint16Array(buffer, byteOffset, byteLength / 2), width: 1 };
    case 4:
      return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), width: 1 };
    case 8:
      return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), width: 2 };
    case 16:
      return { words: new Uint32Array(buffer, byteOffset, byteLength / 4), width: 4 };
    default:
      throw new InternalError(`elements of ${array.dtype} take ${bytes} bytes`);
  }
}

/** Below this length a loop is faster than making a view to copy from. */
const SHORT = 48;

/** Copies `count` words; the runs must not overlap. Both sides must be of one kind. */
export function copyWords(to: Words, at: number, from: Words, start: number, count: number): void {
  if (count >= SHORT && !Array.isArray(to) && !Array.isArray(from)) {
    to.set(from.subarray(start, start + count), at);
    return;
  }
  for (let i = 0; i < count; i += 1) to[at + i] = from[start + i] as number & string;
}

/** Fills `count` elements of `to` with the element at word `start` of `from`. */
export function fillWords(
  to: Words,
  at: number,
  from: Words,
  start: number,
  count: number,
  width: number,
): void {
  const end = at + count * width;
  for (let word = 0; word < width; word += 1) {
    const value = from[start + word] as number & string;
    for (let i = at + word; i < end; i += width) to[i] = value;
  }
}
