import { statSync } from 'node:fs';
import { readError } from './file-error.ts';

/** Bytes of a model file, data outside of it not counted. Throws `file/read`. */
export function modelFileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw readError(path, error);
  }
}
