import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DType, RefoldError, type ValueType } from '@refold/ir';
import { openFile, writeFiles } from '@refold/ir/node';
import {
  type NdArray,
  type NdValue,
  readNpy,
  readNpz,
  readTensorFile,
  writeNpy,
  writeNpz,
  writeTensorFile,
} from '@refold/runtime';

/** Whether a word names a file that holds one array. */
export function isArrayFile(word: string): boolean {
  return /\.(npy|pb)$/i.test(word);
}

/** The array of an `.npy` or `.pb` file. `dtype` says what elements are where the file cannot. */
export function readArrayFile(path: string, dtype: DType | undefined): NdArray {
  const bytes = contentOf(path);
  return naming(path, () => (/\.pb$/i.test(path) ? readTensorFile(bytes).array : readNpy(bytes, { dtype })));
}

/** The arrays of an `.npz` file. */
export function readArrayFiles(
  path: string,
  typeOf: (name: string) => DType | undefined,
): Map<string, NdArray> {
  const bytes = contentOf(path);
  return naming(path, () => readNpz(bytes, typeOf));
}

function contentOf(path: string): Uint8Array {
  const source = openFile(path);
  return source.read(0, source.size);
}

/** Puts the path into errors about the content. */
export function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RefoldError) || !/^usage\/(data|option)$/.test(error.code)) throw error;
    throw new RefoldError(error.code, `${path}: ${error.message}`, { file: path }, error.hint, error);
  }
}

/** The element type of tensors. */
export function dtypeOf(type: ValueType | undefined): DType | undefined {
  return type?.kind === 'tensor' ? type.dtype : undefined;
}

/** The bytes of an `.npy` or `.pb` file; by the end of its path. */
export function arrayFileOf(path: string, name: string, value: NdValue): Uint8Array {
  const array = tensorOnly(name, value);
  if (/\.pb$/i.test(path)) return writeTensorFile(array, name);
  if (/\.npy$/i.test(path)) return writeNpy(array);
  throw new RefoldError(
    'usage/option',
    `'${path}' is not an array file`,
    {},
    'its name must end in .npy or .pb',
  );
}

/** The bytes of an `.npz` file. */
export function arrayFilesOf(values: ReadonlyMap<string, NdValue>): Uint8Array {
  return writeNpz(new Map([...values].map(([name, value]) => [name, tensorOnly(name, value)])));
}

function tensorOnly(name: string, value: NdValue): NdArray {
  if (value.kind === 'tensor') return value;
  throw new RefoldError(
    'usage/option',
    `'${name}' is a ${value.kind}, and only tensors can be written to files`,
  );
}

/** Writes files into a folder, which is made if need be; all or none. */
export function writeInto(folder: string, files: ReadonlyMap<string, Uint8Array>): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RefoldError(
      'file/write',
      `cannot make the folder ${folder}: ${reason}`,
      { file: folder },
      undefined,
      error,
    );
  }
  writeFiles(new Map([...files].map(([name, bytes]) => [join(folder, name), bytes])));
}

/** Names of files for values, which may be called anything: letters, digits and `_.-` stay. */
export function fileNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      const plain =
        name
          .replace(/[^A-Za-z0-9_.-]+/g, '_')
          .replace(/^\.+/, '_')
          .slice(0, 100) || '_';
      let free = plain;
      for (let i = 2; taken.has(free.toLowerCase()); i += 1) free = `${plain}_${i}`;
      taken.add(free.toLowerCase());
      return [name, free];
    }),
  );
}
