import { freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `MaxRoiPool`. */
export interface MaxRoiPoolView extends View {
  /** Height and width of the result. */
  readonly pooledShape: readonly number[];
  readonly spatialScale: number;
}

/** Maxima of [N, C, H, W] over a grid of cells in each region [R, 5]: [R, C, h, w]. */
export const maxRoiPool: Operator<MaxRoiPoolView> = operator<MaxRoiPoolView>({
  name: 'MaxRoiPool',
  view(ctx) {
    const pooledShape = ctx.intsAttribute('pooled_shape') ?? [];
    if (pooledShape.length !== 2 || pooledShape.some((d) => !Number.isSafeInteger(d) || d < 1)) {
      throw ctx.invalid(`pooled_shape ${printShape(pooledShape)} is not a height and a width`);
    }
    return { pooledShape, spatialScale: ctx.float('spatial_scale') ?? 1 };
  },
  infer(ctx, view) {
    const dtype = ctx.dtype(0) ?? ctx.dtype(1);
    const x = ctx.shape(0);
    const rois = ctx.shape(1);
    if (x && x.length !== 4) throw ctx.invalid(`input ${printShape(x)} is not [N, C, H, W]`);
    if (rois && (rois.length !== 2 || sameDim(rois[1] ?? 1, 5) === 'no')) {
      throw ctx.invalid(`rois ${printShape(rois)} are not [R, 5]`);
    }
    return [dtype && tensorType(dtype, [rois?.[0] ?? freshDim(), x?.[1] ?? freshDim(), ...view.pooledShape])];
  },
});
