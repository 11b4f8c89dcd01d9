import type { ByteSource } from '@refold/ir';
import { NdArray } from '../tensor/nd-array.ts';
import { badData } from './bad-data.ts';
import { type ReadArrayOptions, readNpy } from './npy.ts';
import { npyHeader, readNpyHeader } from './npy-header.ts';

/** An array in a file of which a part can be read at a time. */
export interface NpyRows {
  readonly dims: readonly number[];
  /** The elements `from` up to, but without, `to` of the first axis. Throws `usage/data` for damaged files. */
  read(from: number, to: number): NdArray;
  /** All of it. */
  readAll(): NdArray;
}

/** More than any header takes. */
const HEADER = 16 * 1024;

/** Looks at the header of an `.npy` file. Throws `usage/data` for what is none. */
export function npyRows(source: ByteSource, options: ReadArrayOptions = {}): NpyRows {
  const { descr, fortranOrder, shape, offset } = readNpyHeader(source.read(0, Math.min(HEADER, source.size)));
  const readAll = (): NdArray => readNpy(source.read(0, source.size), options);
  const [rows = 0, ...inner] = shape;
  const rowBytes = (source.size - offset) / rows;
  let turned: NdArray | undefined;
  return {
    dims: shape,
    readAll,
    read(from, to) {
      if (shape.length === 0 || from < 0 || to > rows)
        throw badData('.npy', `there are no rows ${from} to ${to} in shape (${shape.join(', ')})`);
      // In column-major order the elements of a row lie all over the file: it is held from then on.
      if (fortranOrder) {
        turned ??= readAll();
        return rowsOf(turned, from, to);
      }
      if (!Number.isSafeInteger(rowBytes)) throw badData('.npy', 'its size does not fit its shape');
      const header = npyHeader(descr, [to - from, ...inner]);
      const bytes = new Uint8Array(header.length + rowBytes * (to - from));
      bytes.set(header);
      bytes.set(source.read(offset + rowBytes * from, rowBytes * (to - from)), header.length);
      return readNpy(bytes, options);
    },
  };
}

/** The elements `from` up to, but without, `to` of the first axis, copied. */
export function rowsOf(array: NdArray, from: number, to: number): NdArray {
  const [rows = 1, ...inner] = array.dims;
  const each = array.data.length / rows;
  return new NdArray(array.dtype, [to - from, ...inner], array.data.slice(from * each, to * each));
}
