import { byteLength } from './dtype.ts';
import { isSplat, tensorFloats, tensorInts } from './elements.ts';
import { Tensor } from './tensor.ts';

/** More elements than this are data: they are not read to find out whether they are all equal. */
const MAX_ELEMENTS = 1 << 20;

/**
 * The one value of all elements of a tensor, if they are equal bit by bit: a number, a bigint for 64-bit
 * integers that no double holds, a string. Undefined also for empty tensors, complex types, and large tensors,
 * which are not read.
 */
export function splatOf(tensor: Tensor): number | bigint | string | undefined {
  const known = tensor.memo?.splat;
  if (known) return known.value;
  const value = findSplat(tensor);
  tensor.memo = { ...tensor.memo, splat: { value } };
  return value;
}

function findSplat(tensor: Tensor): number | bigint | string | undefined {
  const complex = tensor.dtype === 'complex64' || tensor.dtype === 'complex128';
  if (complex || tensor.size === 0 || tensor.size > MAX_ELEMENTS || !isSplat(tensor)) return undefined;
  if (tensor.strings) return tensor.strings[0];
  // All are equal, so no other element is decoded.
  const first = tensor.size === 1 ? tensor : firstOf(tensor);
  return first.dtype === 'int64' || first.dtype === 'uint64' ? tensorInts(first)[0] : tensorFloats(first)[0];
}

function firstOf(tensor: Tensor): Tensor {
  return Tensor.ofBytes(tensor.dtype, [1], tensor.bytes().slice(0, byteLength(tensor.dtype, 1)));
}
