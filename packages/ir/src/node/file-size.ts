import { statSync } from 'node:fs';
import { fileError } from './file-error.ts';

/** Bytes of a model file, data outside of it not counted. */
export function modelFileSize(path: string): number {
  try {
    return statSync(path).size;
  } catch (error) {
    throw fileError('read', path, error);
  }
}
