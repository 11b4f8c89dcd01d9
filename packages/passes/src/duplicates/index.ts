import type { Pass } from '../manager/pass.ts';
import { mergeExpressions } from './expressions.ts';
import { mergeInitializers } from './initializers.ts';
import { mergeSizes } from './sizes.ts';

export const duplicatesPasses: readonly Pass[] = [mergeInitializers, mergeSizes, mergeExpressions];
