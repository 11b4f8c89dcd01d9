export { openFile } from './file-source.ts';
export { modelFileSize } from './model-file-size.ts';
export { openModel } from './open-model.ts';
export { type SaveOptions, type SaveResult, saveModel } from './save-model.ts';
