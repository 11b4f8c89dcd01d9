export { generateModel } from './generate-model.ts';
