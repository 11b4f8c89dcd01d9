import type { ByteSource } from '@refold/ir';
import { NdArray } from '../tensor/nd-array.ts';
import { badData } from './bad-data.ts';
import { elementsOf, itemsOf, type ReadArrayOptions, readNpy } from './npy.ts';
import { readNpyHeader } from './npy-header.ts';
import { readInto } from './read-into.ts';

/** An array in a file of which a part can be read at a time. */
export interface NpyRows {
  readonly dims: readonly number[];
  /**
   * The elements `from` up to, but without, `to` of the first axis. They take the place of `over`, an array that was read
   * before and is not needed any more, if they are as many bytes: so many rows can be read one after the other in the
   * memory of one. Throws `usage/data` for damaged files.
   */
  read(from: number, to: number, over?: NdArray): NdArray;
  /** All of it, in the same way. */
  readAll(over?: NdArray): NdArray;
}

/** More than any header takes. */
const HEADER = 16 * 1024;

/** Looks at the header of an `.npy` file. Throws `usage/data` for what is none. */
export function npyRows(source: ByteSource, options: ReadArrayOptions = {}): NpyRows {
  const header = readNpyHeader(source.read(0, Math.min(HEADER, source.size)));
  const { fortranOrder, shape, offset } = header;
  const [rows = 0, ...inner] = shape;
  /** The elements of so many bytes from `at` on. */
  const elementsAt = (at: number, bytes: number, dims: readonly number[], over?: NdArray): NdArray => {
    const items = itemsOf(header, source.size);
    const content = storageOf(over, bytes);
    readInto(source, at, content);
    return elementsOf(items, dims, content, options.dtype);
  };
  const readAll: NpyRows['readAll'] = (over) =>
    fortranOrder
      ? readNpy(source.read(0, source.size), options)
      : elementsAt(offset, source.size - offset, shape, over);
  let turned: NdArray | undefined;
  return {
    dims: shape,
    readAll,
    read(from, to, over) {
      if (shape.length === 0 || from < 0 || to > rows)
        throw badData('.npy', `there are no rows ${from} to ${to} in shape (${shape.join(', ')})`);
      // In column-major order the elements of a row lie all over the file: it is held from then on.
      if (fortranOrder) {
        turned ??= readAll();
        return rowsOf(turned, from, to);
      }
      const rowBytes = (source.size - offset) / rows;
      return elementsAt(offset + rowBytes * from, rowBytes * (to - from), [to - from, ...inner], over);
    },
  };
}

/** The bytes of an array, if they are so many and nothing else lies in their buffer; else new ones. */
function storageOf(array: NdArray | undefined, bytes: number): Uint8Array {
  const data = array?.data;
  const fits = data && !Array.isArray(data) && data.byteLength === bytes && data.buffer.byteLength === bytes;
  return fits ? new Uint8Array(data.buffer) : new Uint8Array(bytes);
}

/** The elements `from` up to, but without, `to` of the first axis, copied. */
export function rowsOf(array: NdArray, from: number, to: number): NdArray {
  const [rows = 1, ...inner] = array.dims;
  const each = array.data.length / rows;
  return new NdArray(array.dtype, [to - from, ...inner], array.data.slice(from * each, to * each));
}
