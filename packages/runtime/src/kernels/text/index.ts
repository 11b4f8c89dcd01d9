import type { Kernel } from '../kernel.ts';
import { regexFullMatchKernel } from './regex-full-match.ts';
import { stringConcatKernel } from './string-concat.ts';
import { stringNormalizerKernel } from './string-normalizer.ts';
import { stringSplitKernel } from './string-split.ts';
import { tfIdfVectorizerKernel } from './tf-idf-vectorizer.ts';

export const textKernels: readonly Kernel[] = [
  regexFullMatchKernel,
  stringConcatKernel,
  stringNormalizerKernel,
  stringSplitKernel,
  tfIdfVectorizerKernel,
];
