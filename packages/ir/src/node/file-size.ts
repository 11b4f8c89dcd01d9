import { statSync } from 'node:fs';
import type { Model } from '../graph/model.ts';
import { externalTensors } from './external-tensors.ts';
import { readError } from './file-error.ts';

/**
 * Bytes of a model file. With the model that was read from it, its data in other files count too. Throws
 * `file/read`.
 */
export function modelFileSize(path: string, model?: Model): number {
  let bytes: number;
  try {
    bytes = statSync(path).size;
  } catch (error) {
    throw readError(path, error);
  }
  for (const tensor of model ? externalTensors(model) : []) bytes += tensor.byteLength;
  return bytes;
}
