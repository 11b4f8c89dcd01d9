import type { Model } from '../graph/model.ts';
import { decodeModel } from '../onnx/decode-model.ts';
import type { DecodeOptions } from '../onnx/limits.ts';
import { externalFilesOf } from './external-files.ts';
import { openFile } from './file-source.ts';

/**
 * Reads an ONNX file, with its external data beside it. Weights of large files stay there until they are
 * asked for. Throws a `ModelError` for a bad model and a `RefoldError` with code `file/read` where the file
 * system refuses.
 */
export function openModel(path: string, options: DecodeOptions = {}): Model {
  const externalFiles = options.externalFiles ?? externalFilesOf(path);
  return decodeModel(openFile(path), { ...options, externalFiles });
}
