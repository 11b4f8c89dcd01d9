import type { Dim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { broadcastShapes, printShape, type Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { commonType } from './common-type.ts';

export type MatMulView = View;

/**
 * Shape of a matrix product by numpy's rules: the last two axes multiply, the others broadcast, and a vector
 * counts as a row on the left or a column on the right whose axis then disappears.
 */
export function matMulShape(ctx: OpContext, a: Shape, b: Shape): Shape {
  if (a.length === 0 || b.length === 0) throw ctx.invalid('a scalar cannot be multiplied as a matrix');
  const inner = a[a.length - 1] ?? 1;
  const other = b[Math.max(0, b.length - 2)] ?? 1;
  if (sameDim(inner, other) === 'no') {
    throw ctx.invalid(`shapes ${printShape(a)} and ${printShape(b)} do not multiply`);
  }
  const batch = broadcastShapes(a.slice(0, -2), b.slice(0, -2));
  if (batch === undefined) {
    throw ctx.invalid(`batch axes of ${printShape(a)} and ${printShape(b)} do not broadcast`);
  }
  const shape: Dim[] = [...batch];
  const rows = a.length > 1 ? a[a.length - 2] : undefined;
  const columns = b.length > 1 ? b[b.length - 1] : undefined;
  if (rows !== undefined) shape.push(rows);
  if (columns !== undefined) shape.push(columns);
  return shape;
}

/** The operator `MatMul`. */
export const matMul: Operator<MatMulView> = operator<MatMulView>({
  name: 'MatMul',
  view: () => ({}),
  infer(ctx) {
    const dtype = commonType(ctx);
    if (dtype === undefined) return [undefined];
    const a = ctx.shape(0);
    const b = ctx.shape(1);
    return [tensorType(dtype, a && b ? matMulShape(ctx, a, b) : undefined)];
  },
});
