import { basename, dirname, join } from 'node:path';
import { ModelError, RefoldError } from '../errors.ts';
import type { Model } from '../graph/model.ts';
import { encodeRope } from '../onnx/encode-model.ts';
import type { Rope } from '../onnx/wire/rope.ts';
import { DataFile } from './data-file.ts';
import { externalTensors, isExternal } from './external-tensors.ts';
import { FileWriter } from './file-writer.ts';

/** Options of `saveModel`. */
export interface SaveOptions {
  /**
   * Whether weights go to a file of their own beside the model: `true`, or the name of that file (otherwise
   * the model's with `.data` behind it), or `false` for never. When nothing is said, weights that were
   * external stay so, and a model of 2 GiB or more gets such a file.
   */
  readonly externalData?: boolean | string | undefined;
  /** Tensors of fewer bytes stay in the model; 1024. */
  readonly externalThreshold?: number | undefined;
  /** Told how many bytes of how many are written. What it throws ends the writing, and nothing is left behind. */
  readonly onProgress?: ((written: number, total: number) => void) | undefined;
}

/** What `saveModel` wrote. */
export interface SaveResult {
  /** Bytes of the model file. */
  readonly bytes: number;
  /** Bytes of external data. */
  readonly externalBytes: number;
  /** Paths of all files, the model first. */
  readonly files: readonly string[];
}

/** Where protobuf libraries stop reading. */
const MOST_BYTES = 2 ** 31 - 1;

const DEFAULT_THRESHOLD = 1024;

/**
 * Writes a model to an ONNX file. The file appears whole or not at all, also in place of the one that the
 * model was read from. Weights are copied in pieces. Throws a `RefoldError` with code `file/write` where the
 * file system refuses.
 */
export function saveModel(model: Model, path: string, options: SaveOptions = {}): SaveResult {
  const steps = saving(model, path, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** How long other things may have to wait, in milliseconds. */
const PATIENCE = 20;

/**
 * As {@link saveModel}, but other things can happen meanwhile, and `signal` can end it: then it throws
 * `usage/aborted`, and the files are as they were. The model must not change until it is done.
 */
export async function saveModelAsync(
  model: Model,
  path: string,
  options: SaveOptions & { readonly signal?: AbortSignal | undefined } = {},
): Promise<SaveResult> {
  const steps = saving(model, path, options);
  for (let last = performance.now(); ; ) {
    if (performance.now() - last > PATIENCE) {
      await new Promise((resolve) => setImmediate(resolve));
      last = performance.now();
    }
    const aborted = options.signal?.aborted;
    const step = aborted
      ? steps.throw(new RefoldError('usage/aborted', 'the writing was aborted'))
      : steps.next();
    if (step.done) return step.value;
  }
}

function* saving(model: Model, path: string, options: SaveOptions): Generator<void, SaveResult> {
  const { rope, data } = layOut(model, path, options);
  const total = rope.size + (data?.size ?? 0);
  let written = 0;
  const writer = new FileWriter((bytes) => {
    written += bytes;
    options.onProgress?.(written, total);
  });
  const dataPath = data && data.size > 0 ? join(dirname(path), data.location) : undefined;
  try {
    if (data && dataPath !== undefined) yield* writer.write(dataPath, data);
    yield* writer.write(path, rope);
    writer.commit();
  } catch (error) {
    writer.rollback();
    throw error;
  }
  return {
    bytes: rope.size,
    externalBytes: data?.size ?? 0,
    files: dataPath === undefined ? [path] : [path, dataPath],
  };
}

interface Layout {
  readonly rope: Rope;
  readonly data: DataFile | undefined;
}

function layOut(model: Model, path: string, options: SaveOptions): Layout {
  const { externalData } = options;
  if (externalData !== false && (externalData !== undefined || externalTensors(model).length > 0)) {
    return withDataFile(model, path, options);
  }
  const rope = encodeRope(model, () => undefined);
  if (rope.size <= MOST_BYTES) return { rope, data: undefined };
  if (externalData === undefined) return withDataFile(model, path, options);
  throw new ModelError(
    'model/limit',
    `the model takes ${rope.size} bytes, but an ONNX file ends at 2 GiB`,
    { file: path },
    'Allow external data.',
  );
}

function withDataFile(model: Model, path: string, options: SaveOptions): Layout {
  const { externalData, externalThreshold = DEFAULT_THRESHOLD } = options;
  const name = typeof externalData === 'string' ? externalData : `${basename(path)}.data`;
  if (basename(name) !== name || name === '' || name === '.' || name === '..' || name === basename(path)) {
    throw new RefoldError(
      'usage/option',
      `external data cannot be written to '${name}': it must be the name of another file beside the model`,
    );
  }
  const data = new DataFile(name);
  const rope = encodeRope(model, (tensor, isPart) => {
    // Readers of external data do not look into sparse tensors.
    if (isPart) return undefined;
    if (!tensor.data || (tensor.byteLength < externalThreshold && !isExternal(tensor))) return undefined;
    return data.place(tensor.data);
  });
  return { rope, data };
}
