import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RefoldError } from '@refold/ir';
import { openFile } from '@refold/ir/node';
import {
  checkFeeds,
  type NdArray,
  npyRows,
  npzRows,
  readTensorFile,
  rowsOf,
  type Session,
} from '@refold/runtime';
import { dtypeOf, isArrayFile, naming } from './array-files.ts';
import { type ArraySet, type RowArray, type Sample, samplesOf } from './sample-arrays.ts';

type Inputs = Session['inputs'];

/** Files up to so many bytes are read at once; of others, only what a sample takes. */
const SMALL = 2 ** 20;

/** Samples in files, read one at a time: a sample lasts until the next one is asked for, which may take its place in memory. */
export interface Samples {
  /** How many there are, where that is known beforehand. */
  readonly count: number | undefined;
  [Symbol.iterator](): Iterator<Sample>;
}

/**
 * The samples of an `.npz`, `.npy` or `.pb` file, or of a folder: of all such files in it, or of folders with an
 * `input_0.pb` ... each, as ONNX's test data has them.
 * @throws RefoldError `file/read`, and `usage/...` for what is no such file or does not fit the inputs.
 */
export function openSamples(path: string, inputs: Inputs): Samples {
  if (!isFolder(path)) return ofSets([() => fileSet(path, inputs)], inputs);
  const names = sorted(readdirSync(path));
  const whole = namedByInputs(path, names, inputs);
  if (whole) return ofSets([() => whole], inputs);
  const sets = names.flatMap((name): (() => ArraySet)[] => {
    const inside = join(path, name);
    if (isFolder(inside)) return [() => folderSet(inside, inputs)];
    return isSampleFile(name) ? [() => fileSet(inside, inputs)] : [];
  });
  if (sets.length === 0) {
    throw new RefoldError(
      'usage/data',
      `${path} contains no samples`,
      { file: path },
      'it needs .npz, .npy or .pb files',
    );
  }
  return ofSets(sets, inputs);
}

function ofSets(sets: readonly (() => ArraySet)[], inputs: Inputs): Samples {
  const [only, ...others] = sets;
  const whole = only && others.length === 0 ? samplesOf(only(), inputs) : undefined;
  return {
    count: whole?.count,
    *[Symbol.iterator]() {
      let last: Sample | undefined;
      for (const set of sets) {
        const { source, count, at } = whole ?? samplesOf(set(), inputs);
        for (let i = 0; i < count; i += 1) {
          const sample = at(i, last);
          // All of one source are alike.
          if (i === 0) naming(source, () => checkFeeds(sample, inputs, true));
          last = sample;
          yield last;
        }
      }
    },
  };
}

/** What one file holds: arrays by name, or one for the only input. */
function fileSet(path: string, inputs: Inputs): ArraySet {
  if (/\.npz$/i.test(path)) {
    const typeOf = (name: string): ReturnType<typeof dtypeOf> =>
      dtypeOf(inputs.find((i) => i.name === name)?.type);
    const arrays = naming(path, () => npzRows(openFile(path, { small: SMALL }), typeOf));
    return { source: path, arrays: new Map([...arrays].map(([name, rows]) => [name, inFile(path, rows)])) };
  }
  if (!isArrayFile(path)) {
    // A path that is mistyped is told as such first.
    openFile(path);
    throw new RefoldError(
      'usage/option',
      `'${path}' is neither a folder nor a file of arrays`,
      {},
      'use an .npz, .npy or .pb file',
    );
  }
  const required = inputs.filter((input) => input.required);
  const [input, another] = required.length > 0 ? required : inputs;
  if (!input || another) {
    const names = inputs.map((i) => i.name).join(', ');
    throw new RefoldError(
      'usage/data',
      `${path} holds one array, but the model has the inputs ${names}`,
      { file: path },
      'use an .npz file with one array per input name',
    );
  }
  return { source: path, arrays: new Map([[input.name, arrayIn(path, input)]]) };
}

/** A folder of `.npy` files that are named as the inputs are. */
function namedByInputs(path: string, names: readonly string[], inputs: Inputs): ArraySet | undefined {
  const required = inputs.filter((input) => input.required);
  if (required.length === 0 || !required.every((input) => names.includes(`${input.name}.npy`)))
    return undefined;
  const given = inputs.filter((input) => names.includes(`${input.name}.npy`));
  const arrays = given.map((input) => [input.name, arrayIn(join(path, `${input.name}.npy`), input)] as const);
  return { source: path, arrays: new Map(arrays) };
}

/** One sample in the form of ONNX's test data: `input_0.pb` is the first input unless it says another name. */
function folderSet(path: string, inputs: Inputs): ArraySet {
  const names = sorted(readdirSync(path));
  const named = namedByInputs(path, names, inputs);
  if (named) return named;
  const arrays = new Map<string, RowArray>();
  for (const name of names) {
    const number = /^input_(\d+)\.pb$/.exec(name)?.[1];
    if (number === undefined) continue;
    const file = join(path, name);
    const { name: stated, array } = naming(file, () => readTensorFile(contentOf(file)));
    const input = inputs.find((i) => i.name === stated) ?? inputs[Number(number)];
    if (input) arrays.set(input.name, inMemory(array));
  }
  return { source: path, arrays };
}

function arrayIn(path: string, input: Inputs[number]): RowArray {
  if (/\.pb$/i.test(path)) return inMemory(naming(path, () => readTensorFile(contentOf(path))).array);
  const rows = naming(path, () => npyRows(openFile(path, { small: SMALL }), { dtype: dtypeOf(input.type) }));
  return inFile(path, rows);
}

/** Rows whose errors name the file. */
function inFile(path: string, { dims, read, readAll }: RowArray): RowArray {
  return {
    dims,
    read: (from, to, over) => naming(path, () => read(from, to, over)),
    readAll: (over) => naming(path, () => readAll(over)),
  };
}

function inMemory(array: NdArray): RowArray {
  return { dims: array.dims, read: (from, to) => rowsOf(array, from, to), readAll: () => array };
}

function contentOf(path: string): Uint8Array {
  const source = openFile(path);
  return source.read(0, source.size);
}

function isSampleFile(name: string): boolean {
  return !basename(name).startsWith('.') && (isArrayFile(name) || /\.npz$/i.test(name));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Numbers in names count as numbers. */
function sorted(names: readonly string[]): readonly string[] {
  const { compare } = new Intl.Collator('en', { numeric: true });
  return [...names].sort(compare);
}
