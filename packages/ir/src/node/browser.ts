import { RefoldError } from '../errors.ts';

/*
 * What '@refold/ir/node' is where there is no file system: bundlers take this file by the export condition
 * `browser`, so that nothing of Node gets into a bundle.
 */

function noFiles(): never {
  throw new RefoldError('usage/option', 'there are no files here', {}, 'pass the bytes of the model');
}

export const assertWritable: () => never = noFiles;
export const openFile: () => never = noFiles;
export const openModel: () => never = noFiles;
export const saveModel: () => never = noFiles;
export const saveModelAsync: () => never = noFiles;
export const modelFileSize: () => never = noFiles;
export const writeFiles: () => never = noFiles;
