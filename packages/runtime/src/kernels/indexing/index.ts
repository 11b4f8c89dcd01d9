import type { Kernel } from '../kernel.ts';
import { compressKernel } from './compress.ts';
import { cumulativeKernels } from './cumulative.ts';
import { gatherKernel } from './gather.ts';
import { gatherElementsKernel } from './gather-elements.ts';
import { gatherNDKernel } from './gather-nd.ts';
import { nonZeroKernel } from './non-zero.ts';
import { oneHotKernel } from './one-hot.ts';
import { reverseSequenceKernel } from './reverse-sequence.ts';
import { scatterKernels } from './scatter.ts';
import { tensorScatterKernel } from './tensor-scatter.ts';
import { topKKernel } from './top-k.ts';
import { uniqueKernel } from './unique.ts';

export const indexingKernels: readonly Kernel[] = [
  compressKernel,
  ...cumulativeKernels,
  gatherKernel,
  gatherElementsKernel,
  gatherNDKernel,
  nonZeroKernel,
  oneHotKernel,
  reverseSequenceKernel,
  ...scatterKernels,
  tensorScatterKernel,
  topKKernel,
  uniqueKernel,
];
