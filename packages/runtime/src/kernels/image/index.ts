import type { Kernel } from '../kernel.ts';
import { affineGridKernel } from './affine-grid.ts';
import { centerCropPadKernel } from './center-crop-pad.ts';
import { gridSampleKernel } from './grid-sample.ts';
import { imageDecoderKernel } from './image-decoder.ts';
import { nonMaxSuppressionKernel } from './non-max-suppression.ts';
import { resizeKernel, upsampleKernel } from './resize.ts';
import { roiAlignKernel } from './roi-align.ts';

export const imageKernels: readonly Kernel[] = [
  affineGridKernel,
  centerCropPadKernel,
  gridSampleKernel,
  imageDecoderKernel(),
  nonMaxSuppressionKernel,
  resizeKernel,
  roiAlignKernel,
  upsampleKernel,
];
