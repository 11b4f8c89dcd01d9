import { newData } from '../tensor/codec.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { stridedCopy } from '../tensor/strided-copy.ts';
import { strides } from '../tensor/strides.ts';
import { wordsOf } from '../tensor/words.ts';

/** An array whose elements lie in column-major order, brought into row-major order. */
export function fromFortranOrder(array: NdArray): NdArray {
  const { dims, dtype } = array;
  if (dims.length < 2) return array;
  const out = new NdArray(dtype, dims, newData(dtype, array.size));
  const columnMajor = strides([...dims].reverse()).reverse();
  stridedCopy(
    dims,
    { view: wordsOf(out), offset: 0, strides: strides(dims) },
    { view: wordsOf(array), offset: 0, strides: columnMajor },
  );
  return out;
}
