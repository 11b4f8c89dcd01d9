import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { RefoldError } from '../errors.ts';
import { writeError } from './file-error.ts';

/**
 * Throws `file/write` when a file surely cannot be written at `path`: its folder is missing or closed, or it
 * is a folder itself. For finding out before long work; writing may fail all the same.
 */
export function assertWritable(path: string): void {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      throw new RefoldError('file/write', `cannot write ${path}: it is a folder`, { file: path });
    }
    // A file is put in place of another one, so the folder counts; a pipe or a device is written itself.
    const plain = !stat || stat.isFile();
    accessSync(plain ? dirname(path) : path, plain ? constants.W_OK | constants.X_OK : constants.W_OK);
  } catch (error) {
    throw writeError(path, error);
  }
}
