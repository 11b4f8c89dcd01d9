import { decodeTensorMessage, encodeTensorMessage, ModelError, RefoldError } from '@refold/ir';
import { ndFromTensor, tensorFromNd } from '../tensor/codec.ts';
import type { NdArray } from '../tensor/nd-array.ts';

/** An array and the name that its file gives it; empty for none. */
export interface NamedArray {
  readonly name: string;
  readonly array: NdArray;
}

/** The array of a `.pb` file: one `TensorProto`, as ONNX keeps test data. Throws `usage/data` for what is none. */
export function readTensorFile(bytes: Uint8Array): NamedArray {
  try {
    const { name, tensor } = decodeTensorMessage(bytes);
    return { name, array: ndFromTensor(tensor) };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new RefoldError('usage/data', `not a usable .pb file: ${error.message}`, {}, undefined, error);
  }
}

/** The bytes of a `.pb` file. */
export function writeTensorFile(array: NdArray, name = ''): Uint8Array {
  return encodeTensorMessage(tensorFromNd(array), name);
}
