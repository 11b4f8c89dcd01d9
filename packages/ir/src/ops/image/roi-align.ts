import { freshDim } from '../../types/dim.ts';
import { printShape, type Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `RoiAlign`. */
export type RoiAlignView = {
  readonly mode: 'avg' | 'max';
  readonly outputHeight: number;
  readonly outputWidth: number;
  /** Samples of a bin along each axis; 0 for as many as the bin has pixels. */
  readonly samplingRatio: number;
  readonly spatialScale: number;
  /** Whether regions are shifted by half a pixel, so that pixels have their centres at half numbers. */
  readonly halfPixel: boolean;
};

/** `RoiAlign`: pools regions [x1, y1, x2, y2] of images to one size by bilinear samples. */
export const roiAlign: Operator<RoiAlignView> = operator({
  name: 'RoiAlign',

  view(ctx) {
    const mode = ctx.string('mode') ?? 'avg';
    if (mode !== 'avg' && mode !== 'max') throw ctx.invalid(`mode ${mode} is not known`);
    const coordinates =
      ctx.version >= 16 ? ctx.string('coordinate_transformation_mode') : 'output_half_pixel';
    if (coordinates !== 'half_pixel' && coordinates !== 'output_half_pixel') {
      throw ctx.invalid(`coordinate_transformation_mode ${coordinates} is not known`);
    }
    return {
      mode,
      outputHeight: positive(ctx, 'output_height'),
      outputWidth: positive(ctx, 'output_width'),
      samplingRatio: Math.max(0, ctx.int('sampling_ratio') ?? 0),
      spatialScale: ctx.float('spatial_scale') ?? 1,
      halfPixel: coordinates === 'half_pixel',
    };
  },

  infer(ctx, view) {
    const x = shapeOfRank(ctx, 0, 4);
    const rois = shapeOfRank(ctx, 1, 2);
    const batch = shapeOfRank(ctx, 2, 1);
    const count = rois?.[0] ?? batch?.[0] ?? freshDim();
    const channels = x?.[1] ?? freshDim();
    return [resultType(ctx.dtype(0), [count, channels, view.outputHeight, view.outputWidth])];
  },
});

function positive(ctx: OpContext, name: string): number {
  const value = ctx.int(name) ?? 1;
  if (value <= 0) throw ctx.invalid(`${name} must be positive, not ${value}`);
  return value;
}

function shapeOfRank(ctx: OpContext, index: number, rank: number): Shape | undefined {
  const shape = ctx.shape(index);
  if (shape !== undefined && shape.length !== rank) {
    throw ctx.invalid(`operand ${index} has shape ${printShape(shape)} instead of rank ${rank}`);
  }
  return shape;
}
