import type { Kernel } from '../kernel.ts';
import { concatFromSequenceKernel } from './concat-from-sequence.ts';
import { optionalGetElementKernel, optionalHasElementKernel, optionalKernel } from './optional.ts';
import {
  sequenceAtKernel,
  sequenceConstructKernel,
  sequenceEmptyKernel,
  sequenceEraseKernel,
  sequenceInsertKernel,
  sequenceLengthKernel,
} from './sequence-edit.ts';
import { splitToSequenceKernel } from './split-to-sequence.ts';

export const sequenceKernels: readonly Kernel[] = [
  concatFromSequenceKernel,
  optionalGetElementKernel,
  optionalHasElementKernel,
  optionalKernel,
  sequenceAtKernel,
  sequenceConstructKernel,
  sequenceEmptyKernel,
  sequenceEraseKernel,
  sequenceInsertKernel,
  sequenceLengthKernel,
  splitToSequenceKernel,
];
