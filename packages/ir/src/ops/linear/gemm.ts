import { type Dim, freshDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { broadcastsInto, printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { commonType } from './common-type.ts';

/** Parameters of `Gemm`. */
export interface GemmView extends View {
  readonly alpha: number;
  readonly beta: number;
  readonly transA: boolean;
  readonly transB: boolean;
}

export function gemmView(ctx: OpContext): GemmView {
  return {
    alpha: ctx.float('alpha') ?? 1,
    beta: ctx.float('beta') ?? 1,
    transA: (ctx.int('transA') ?? 0) !== 0,
    transB: (ctx.int('transB') ?? 0) !== 0,
  };
}

/** Rows and columns of a matrix operand after transposition; fresh symbols when its shape is not known. */
function matrix(ctx: OpContext, index: number, transposed: boolean): readonly [Dim, Dim] {
  const shape = ctx.shape(index);
  if (shape === undefined) return [freshDim(), freshDim()];
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    throw ctx.invalid(`operand ${index} has shape ${printShape(shape)}, not two dimensions`);
  }
  return transposed ? [columns, rows] : [rows, columns];
}

/** Shape of the result of operands 0, 1 and 2, as Gemm has them. */
export function gemmShape(ctx: OpContext, view: GemmView): readonly [Dim, Dim] {
  const [m, inner] = matrix(ctx, 0, view.transA);
  const [other, n] = matrix(ctx, 1, view.transB);
  if (sameDim(inner, other) === 'no') throw ctx.invalid(`inner dimensions ${inner} and ${other} differ`);
  const c = ctx.shape(2);
  if (c && broadcastsInto(c, [m, n]) === 'no') {
    throw ctx.invalid(`C of shape ${printShape(c)} does not broadcast to ${printShape([m, n])}`);
  }
  return [m, n];
}

/** The operator `Gemm`. */
export const gemm: Operator<GemmView> = operator<GemmView>({
  name: 'Gemm',
  view: gemmView,
  infer(ctx, view) {
    const dtype = commonType(ctx);
    const shape = gemmShape(ctx, view);
    return [dtype === undefined ? undefined : tensorType(dtype, shape)];
  },
});
