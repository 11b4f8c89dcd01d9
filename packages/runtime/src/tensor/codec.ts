import { newElements, Tensor, tensorElements, tensorOfElements } from '@refold/ir';
import { NdArray, type NdData } from './nd-array.ts';

/** The elements of a constant. They are a view of its bytes where alignment and packing allow it. */
export function ndFromTensor(tensor: Tensor): NdArray {
  return new NdArray(
    tensor.dtype,
    tensor.dims,
    tensor.strings ? [...tensor.strings] : tensorElements(tensor),
  );
}

/** A constant of an array's elements. It shares the array's memory where packing allows it. */
export function tensorFromNd(array: NdArray): Tensor {
  const { dtype, dims, data } = array;
  return isStrings(data) ? Tensor.ofStrings(dims, data) : tensorOfElements(dtype, dims, data);
}

/** Zero-filled storage for `count` elements: empty strings for `string`. Kernels use `ctx.alloc`. */
export function newData(dtype: NdArray['dtype'], count: number): NdData {
  return dtype === 'string' ? new Array<string>(count).fill('') : newElements(dtype, count);
}

export function isStrings(data: NdData): data is string[] {
  return Array.isArray(data);
}
