export { type DiffOptions, diffModels } from './diff.ts';
export { type DotOptions, toDot } from './dot.ts';
export { type ParseOptions, parseFunction, parseGraph, parseModel, parseNodes } from './parse.ts';
export { printFunction, printGraph, printModel, printNode } from './print.ts';
export type { PrintOptions } from './print-options.ts';
export { printType } from './types.ts';
