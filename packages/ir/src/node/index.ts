export { assertWritable } from './assert-writable.ts';
export { modelFileSize } from './file-size.ts';
export { type OpenFileOptions, openFile } from './file-source.ts';
export { openModel } from './open-model.ts';
export { type SaveOptions, type SaveResult, saveModel, saveModelAsync } from './save-model.ts';
export { writeFiles } from './write-files.ts';
