import type { Kernel } from '../kernel.ts';
import { activationKernels } from './activations.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { castKernels } from './cast.ts';
import { clip } from './clip.ts';
import { comparisonKernels } from './compare.ts';
import { dropout } from './dropout.ts';
import { functionKernels } from './functions.ts';
import { identity } from './identity.ts';
import { logicKernels } from './logic.ts';
import { mod } from './mod.ts';
import { pow } from './pow.ts';
import { prelu } from './prelu.ts';
import { swiGluKernel } from './swiglu.ts';
import { variadicKernels } from './variadic.ts';
import { where } from './where.ts';

export const elementwiseKernels: readonly Kernel[] = [
  ...activationKernels,
  ...arithmeticKernels,
  ...castKernels,
  ...comparisonKernels,
  ...functionKernels,
  ...logicKernels,
  ...variadicKernels,
  clip,
  dropout,
  identity,
  mod,
  pow,
  prelu,
  swiGluKernel,
  where,
];
