import { normalDomain } from '@refold/ir';
import { attentionKernels } from './attention/index.ts';
import { controlKernels } from './control/index.ts';
import { convolutionKernels } from './convolution/index.ts';
import { elementwiseKernels } from './elementwise/index.ts';
import { imageKernels } from './image/index.ts';
import { indexingKernels } from './indexing/index.ts';
import type { Kernel } from './kernel.ts';
import { linearKernels } from './linear/index.ts';
import { microsoftKernels } from './microsoft/index.ts';
import { mlKernels } from './ml/index.ts';
import { normalizationKernels } from './normalization/index.ts';
import { quantizationKernels } from './quantization/index.ts';
import { randomKernels } from './random/index.ts';
import { recurrentKernels } from './recurrent/index.ts';
import { reductionKernels } from './reduction/index.ts';
import { sequenceKernels } from './sequence/index.ts';
import { shapeKernels } from './shape/index.ts';
import { signalKernels } from './signal/index.ts';
import { textKernels } from './text/index.ts';
import { trainingKernels } from './training/index.ts';

const families: readonly (readonly Kernel[])[] = [
  attentionKernels,
  controlKernels,
  convolutionKernels,
  elementwiseKernels,
  imageKernels,
  indexingKernels,
  linearKernels,
  microsoftKernels,
  mlKernels,
  normalizationKernels,
  quantizationKernels,
  randomKernels,
  recurrentKernels,
  reductionKernels,
  sequenceKernels,
  shapeKernels,
  signalKernels,
  textKernels,
  trainingKernels,
];

let table: Map<string, Kernel> | undefined;

/** The kernel of an operator, if there is one. */
export function kernelOf(domain: string, name: string): Kernel | undefined {
  table ??= new Map(families.flat().map((k) => [`${k.domain ?? ''}\u0000${k.name}`, k]));
  return table.get(`${normalDomain(domain)}\u0000${name}`);
}
