import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Determinants of square matrices [..., M, M]. */
export const det: Operator<View> = operator<View>({
  name: 'Det',
  view: () => ({}),
  infer(ctx) {
    const dtype = ctx.dtype(0);
    if (dtype === undefined) return [undefined];
    const shape = ctx.shape(0);
    if (shape === undefined) return [tensorType(dtype)];
    const rows = shape[shape.length - 2];
    const columns = shape[shape.length - 1];
    if (rows === undefined || columns === undefined || sameDim(rows, columns) === 'no') {
      throw ctx.invalid(`${printShape(shape)} does not hold square matrices`);
    }
    return [tensorType(dtype, shape.slice(0, -2))];
  },
});
