// Image operators' names and parameters, for kernels, passes and patterns.
export { type CenterCropPadView, centerCropPad } from './center-crop-pad.ts';
export { type AffineGridView, affineGrid, type GridSampleView, gridSample } from './grid.ts';
export { type ImageDecoderView, imageDecoder } from './image-decoder.ts';
export { type NonMaxSuppressionView, nonMaxSuppression } from './non-max-suppression.ts';
export { aspectScale, resize, upsample } from './resize.ts';
export type { ResizeCoordinates, ResizeRounding, ResizeView } from './resize-view.ts';
export { type RoiAlignView, roiAlign } from './roi-align.ts';
