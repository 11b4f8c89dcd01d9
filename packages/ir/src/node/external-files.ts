import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { ModelError } from '../errors.ts';
import type { ExternalFiles } from '../onnx/limits.ts';
import { shown } from '../onnx/shown.ts';
import type { ByteSource } from '../types/byte-source.ts';
import { readError } from './file-error.ts';
import { openFile } from './file-source.ts';

/** The files of external data beside a model. A file that a link leads to outside of its folder is refused. */
export function externalFilesOf(modelPath: string): ExternalFiles {
  const folder = dirname(modelPath);
  const open = new Map<string, ByteSource>();
  return (location) => {
    const known = open.get(location);
    if (known) return known;
    const path = join(folder, location);
    if (!isInside(realPath(path), realPath(folder))) {
      throw new ModelError(
        'model/external-data',
        `external data in ${shown(location)} lie outside of the model's folder behind a link`,
        { file: modelPath },
        'Copy the file into the folder of the model.',
      );
    }
    const source = openFile(path);
    open.set(location, source);
    return source;
  };
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    throw readError(path, error);
  }
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && !/^\.\.([/\\]|$)/.test(way);
}
