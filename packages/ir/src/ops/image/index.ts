import type { Operator } from '../operator.ts';
import { centerCropPad } from './center-crop-pad.ts';
import { affineGrid, gridSample } from './grid.ts';
import { imageDecoder } from './image-decoder.ts';
import { nonMaxSuppression } from './non-max-suppression.ts';
import { resize, upsample } from './resize.ts';
import { roiAlign } from './roi-align.ts';

export const imageOperators: readonly Operator[] = [
  affineGrid,
  centerCropPad,
  gridSample,
  imageDecoder,
  nonMaxSuppression,
  resize,
  roiAlign,
  upsample,
];
