import { type ByteSource, bytesSource } from '@refold/ir';
import { zipSync } from 'fflate';
import type { NdArray } from '../tensor/nd-array.ts';
import { badData } from './bad-data.ts';
import { type ReadArrayOptions, writeNpy } from './npy.ts';
import { type NpyRows, npyRows } from './npy-rows.ts';
import { zipEntries } from './zip.ts';

/** What elements are, by the name of the array, where the file cannot say. */
export type ArrayTypes = (name: string) => ReadArrayOptions['dtype'];

/**
 * The arrays of an `.npz` file by name, stored or deflated, in the order of its directory. Throws `usage/data`
 * for what is none, for damaged entries, and for entries that are not arrays.
 */
export function readNpz(bytes: Uint8Array, typeOf?: ArrayTypes): Map<string, NdArray> {
  const rows = npzRows(bytesSource(bytes), typeOf);
  return new Map([...rows].map(([name, array]) => [name, array.readAll()]));
}

/**
 * The same arrays, of which a part can be read at a time. Rows that are read in their order are read and inflated
 * once, and no others are held. Throws `usage/data` as {@link readNpz}, for damage when it is met.
 */
export function npzRows(source: ByteSource, typeOf: ArrayTypes = () => undefined): Map<string, NpyRows> {
  const arrays = new Map<string, NpyRows>();
  for (const entry of zipEntries(source)) {
    const key = entry.name.replace(/\.npy$/, '');
    if (arrays.has(key)) throw badData('.npz', `it has two arrays ${key}`);
    arrays.set(key, npyRows(entry, { dtype: typeOf(key) }));
  }
  return arrays;
}

/** Some day, always the same, so that the same arrays give the same bytes. */
const DAY = new Date(1980, 0, 1);

/** The bytes of an `.npz` file, stored as `numpy.savez` does. */
export function writeNpz(arrays: ReadonlyMap<string, NdArray>): Uint8Array {
  const files: [string, Uint8Array][] = [];
  for (const [name, array] of arrays) files.push([`${name}.npy`, writeNpy(array)]);
  return zipSync(Object.fromEntries(files), { level: 0, mtime: DAY });
}
