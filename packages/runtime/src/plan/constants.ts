import { elementCount, ModelError, type SparseTensor, type Tensor, type Value } from '@refold/ir';
import { type ByteReader, readerOf } from '../tensor/byte-reader.ts';
import { ndFromTensor, newData } from '../tensor/codec.ts';
import { NdArray, type NdData } from '../tensor/nd-array.ts';

/** The most elements that a sparse initializer may stand for. */
const MAX_DENSE = 2 ** 31;

/** The initializers of a model as arrays, each made when it is first read. */
export class Constants {
  private readonly dense = new Map<Tensor, NdArray>();
  private readonly sparse = new Map<SparseTensor, NdArray>();
  private readonly change: ((array: NdArray) => NdArray) | undefined;

  /** `change` makes other constants of those of the model, for experiments. */
  constructor(change?: (array: NdArray) => NdArray) {
    this.change = change;
  }

  /** As `of` gives it, but made anew and not kept: for those who read a large constant once. */
  fresh(tensor: Tensor): NdArray {
    return this.changed(ndFromTensor(tensor));
  }

  /** The bytes of what `fresh` gives, from where they lie if that is possible. */
  reader(tensor: Tensor): ByteReader {
    const { data } = tensor;
    if (this.change || !data?.readInto) return readerOf(this.fresh(tensor));
    return (offset, target) => data.readInto?.(offset, target);
  }

  private changed(array: NdArray): NdArray {
    return this.change ? this.change(array) : array;
  }

  /** The data of an initializer, or the default of an input that has one. */
  of(value: Value): NdArray | undefined {
    if (value.tensor) return cached(this.dense, value.tensor, (t) => this.fresh(t));
    if (value.sparse) return cached(this.sparse, value.sparse, (s) => this.changed(toDense(s, value.name)));
    return undefined;
  }
}

function cached<K>(map: Map<K, NdArray>, key: K, make: (key: K) => NdArray): NdArray {
  let array = map.get(key);
  if (!array) {
    array = make(key);
    map.set(key, array);
  }
  return array;
}

/** The tensor that a sparse one stands for: zero but for the listed values. */
function toDense(sparse: SparseTensor, name: string): NdArray {
  const invalid = (reason: string): ModelError =>
    new ModelError('model/invalid', `sparse initializer ${name}: ${reason}`, { value: name });
  const count = elementCount(sparse.dims);
  if (!(count <= MAX_DENSE)) throw invalid(`${count} elements are too many`);
  const values = ndFromTensor(sparse.values);
  const places = linearIndices(sparse, invalid);
  if (places.length !== values.size) throw invalid(`${values.size} values but ${places.length} indices`);
  const { dtype } = values;
  const dense = new NdArray(dtype, sparse.dims, newData(dtype, count));
  const width = count === 0 ? 1 : dense.data.length / count;
  places.forEach((place, i) => {
    if (!(place >= 0 && place < count)) throw invalid(`index ${place} is out of range`);
    for (let j = 0; j < width; j += 1) put(dense.data, place * width + j, values.data[i * width + j]);
  });
  return dense;
}

/** Stores an element that comes from an array of the same kind. */
function put(data: NdData, at: number, element: NdData[number] | undefined): void {
  (data as NdData[number][])[at] = element ?? 0;
}

/** Places of the values in row-major order; given as such, or as one row of coordinates each. */
function linearIndices(sparse: SparseTensor, invalid: (reason: string) => ModelError): readonly number[] {
  const { data, dims } = ndFromTensor(sparse.indices);
  const flat = Array.from(data, Number);
  if (dims.length === 1) return flat;
  const rank = sparse.dims.length;
  if (dims.length !== 2 || dims[1] !== rank) throw invalid(`indices of shape [${dims.join(', ')}]`);
  const out: number[] = [];
  for (let row = 0; row < (dims[0] ?? 0); row += 1) {
    let place = 0;
    for (let axis = 0; axis < rank; axis += 1) {
      const at = flat[row * rank + axis] ?? 0;
      const size = sparse.dims[axis] ?? 0;
      if (!(at >= 0 && at < size)) throw invalid(`index ${at} is out of range in dimension ${axis}`);
      place = place * size + at;
    }
    out.push(place);
  }
  return out;
}
