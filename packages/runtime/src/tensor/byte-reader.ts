import { InternalError } from '@refold/ir';
import type { NdArray } from './nd-array.ts';

/** Fills `target` with the bytes of the elements of a tensor from `offset` on. */
export type ByteReader = (offset: number, target: Uint8Array) => void;

/** A reader of an array of any type but string. */
export function readerOf({ data }: NdArray): ByteReader {
  if (Array.isArray(data)) throw new InternalError('strings have no bytes');
  const { buffer, byteOffset } = data;
  return (offset, target) => target.set(new Uint8Array(buffer, byteOffset + offset, target.length));
}
