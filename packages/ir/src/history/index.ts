export { type Difference, diffDocuments } from './diff-documents.ts';
export * from './document.ts';
export { toDocument } from './document-writer.ts';
export { History, type Step } from './history.ts';
export { renamedValues } from './renamed-values.ts';
