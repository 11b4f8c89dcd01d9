import { freshDim } from '../../types/dim.ts';
import { axisOf } from '../axis.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `CenterCropPad`. */
export type CenterCropPadView = {
  /** Axes that get other sizes, non-negative; undefined for all axes of an unknown rank. */
  readonly axes: readonly number[] | undefined;
};

/** `CenterCropPad`: cuts or pads with zeros around the centre. */
export const centerCropPad: Operator<CenterCropPadView> = operator({
  name: 'CenterCropPad',

  view(ctx) {
    const axes = ctx.intsAttribute('axes');
    const shape = ctx.shape(0);
    if (axes === undefined) return { axes: shape?.map((_, axis) => axis) };
    if (shape === undefined) return { axes: axes.some((a) => a < 0) ? undefined : axes };
    return { axes: axes.map((axis) => axisOf(ctx, axis, shape.length, 'axes:')) };
  },

  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const shape = ctx.shape(0);
    const sizes = sizesOperand(ctx, 1);
    if (shape === undefined) {
      return [resultType(dtype, view.axes === undefined && !ctx.hasAttribute('axes') ? sizes : undefined)];
    }
    const axes = view.axes ?? [];
    if (sizes !== undefined && sizes.length !== axes.length) {
      throw ctx.invalid(`shape has ${sizes.length} elements for ${axes.length} axes`);
    }
    const out = [...shape];
    axes.forEach((axis, i) => {
      const size = sizes?.[i] ?? freshDim();
      if (typeof size === 'number' && size < 0) throw ctx.invalid(`shape has the negative size ${size}`);
      out[axis] = size;
    });
    return [resultType(dtype, out)];
  },
});
