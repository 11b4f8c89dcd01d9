import { freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `GridSample`. */
export type GridSampleView = {
  readonly mode: 'linear' | 'nearest' | 'cubic';
  readonly padding: 'zeros' | 'border' | 'reflection';
  /** Whether -1 and 1 are the centres of the corner pixels; else their outer edges. */
  readonly alignCorners: boolean;
};

/** `GridSample`: samples X [N, C, spatial...] at the places of a grid [N, places..., axes], last axis first. */
export const gridSample: Operator<GridSampleView> = operator({
  name: 'GridSample',

  view(ctx) {
    const written = ctx.string('mode') ?? 'linear';
    // Opset 16 named the modes after the two-dimensional case.
    const mode = written === 'bilinear' ? 'linear' : written === 'bicubic' ? 'cubic' : written;
    if (mode !== 'linear' && mode !== 'nearest' && mode !== 'cubic')
      throw ctx.invalid(`mode ${mode} is not known`);
    const padding = ctx.string('padding_mode') ?? 'zeros';
    if (padding !== 'zeros' && padding !== 'border' && padding !== 'reflection') {
      throw ctx.invalid(`padding_mode ${padding} is not known`);
    }
    return { mode, padding, alignCorners: (ctx.int('align_corners') ?? 0) !== 0 };
  },

  infer(ctx) {
    const x = ctx.shape(0);
    const grid = ctx.shape(1);
    if (x && grid && x.length !== grid.length) {
      throw ctx.invalid(`X has rank ${x.length}, the grid ${grid.length}`);
    }
    const rank = x?.length ?? grid?.length;
    if (rank === undefined) return [resultType(ctx.dtype(0))];
    if (rank < 3) throw ctx.invalid(`X must have rank 3 or more, not ${rank}`);
    const coordinates = grid?.[rank - 1];
    if (coordinates !== undefined && sameDim(coordinates, rank - 2) === 'no') {
      throw ctx.invalid(`places of the grid have ${coordinates} coordinates instead of ${rank - 2}`);
    }
    const places: Shape = grid ? grid.slice(1, -1) : Array.from({ length: rank - 2 }, freshDim);
    return [resultType(ctx.dtype(0), [x?.[0] ?? grid?.[0] ?? freshDim(), x?.[1] ?? freshDim(), ...places])];
  },
});

/** Parameters of `AffineGrid`. */
export type AffineGridView = {
  /** Whether the grid reaches the centres of the corner pixels; else their outer edges. */
  readonly alignCorners: boolean;
};

/** `AffineGrid`: the grid of places that affine transformations [N, axes, axes + 1] give for an image size. */
export const affineGrid: Operator<AffineGridView> = operator({
  name: 'AffineGrid',

  view: (ctx) => ({ alignCorners: (ctx.int('align_corners') ?? 0) !== 0 }),

  infer(ctx) {
    const dtype = ctx.dtype(0);
    const size = sizesOperand(ctx, 1);
    const sizeLength = ctx.shape(1)?.[0];
    const length = size?.length ?? (typeof sizeLength === 'number' ? sizeLength : undefined);
    if (length === undefined) return [resultType(dtype)];
    if (length !== 4 && length !== 5) throw ctx.invalid(`size has ${length} elements instead of 4 or 5`);
    const axes = length - 2;
    const spatial = size?.slice(2) ?? Array.from({ length: axes }, freshDim);
    return [resultType(dtype, [size?.[0] ?? ctx.shape(0)?.[0] ?? freshDim(), ...spatial, axes])];
  },
});
