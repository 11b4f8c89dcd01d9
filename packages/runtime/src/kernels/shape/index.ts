import type { Kernel } from '../kernel.ts';
import { concatKernel } from './concat.ts';
import { constantKernel } from './constant.ts';
import { constantOfShapeKernel } from './constant-of-shape.ts';
import { depthToSpaceKernel, spaceToDepthKernel } from './depth-to-space.ts';
import { expandKernel } from './expand.ts';
import { eyeLikeKernel } from './eye-like.ts';
import { padKernel } from './pad.ts';
import { rangeKernel } from './range.ts';
import { reshapeKernels } from './reshape.ts';
import { shapeKernel, sizeKernel } from './shape-of.ts';
import { sliceKernel } from './slice.ts';
import { splitKernel } from './split.ts';
import { tileKernel } from './tile.ts';
import { transposeKernel } from './transpose.ts';
import { triluKernel } from './trilu.ts';

export const shapeKernels: readonly Kernel[] = [
  concatKernel,
  constantKernel,
  constantOfShapeKernel,
  depthToSpaceKernel,
  expandKernel,
  eyeLikeKernel,
  padKernel,
  rangeKernel,
  ...reshapeKernels,
  shapeKernel,
  sizeKernel,
  sliceKernel,
  spaceToDepthKernel,
  splitKernel,
  tileKernel,
  transposeKernel,
  triluKernel,
];
