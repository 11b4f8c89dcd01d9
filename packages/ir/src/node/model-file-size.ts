import { statSync } from 'node:fs';
import type { Model } from '../graph/model.ts';
import { externalTensors } from './external-tensors.ts';
import { readError } from './file-error.ts';

/** Bytes of a model file and, if the model read from it is given, of its external data. */
export function modelFileSize(path: string, model?: Model): number {
  try {
    let size = statSync(path).size;
    if (model) for (const tensor of externalTensors(model)) size += tensor.byteLength;
    return size;
  } catch (error) {
    throw readError(path, error);
  }
}
