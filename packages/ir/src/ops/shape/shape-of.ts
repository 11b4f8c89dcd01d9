import { type Dim, freshDim } from '../../types/dim.ts';
import { shapeSize } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** The axes `start .. end` whose sizes are wanted, clamped to `0 .. rank` where the rank is known. */
export interface ShapeView extends View {
  readonly start: number;
  /** Undefined for "to the last axis" while the rank is not known. */
  readonly end: number | undefined;
}

/** `start` and `end` came with opset 15; before it all axes are meant. */
export function shapeView(ctx: OpContext): ShapeView {
  const start = ctx.int('start') ?? 0;
  const end = ctx.int('end');
  const rank = ctx.rank(0);
  if (rank === undefined) return { start, end };
  return { start: clampAxis(start, rank), end: end === undefined ? rank : clampAxis(end, rank) };
}

function clampAxis(axis: number, rank: number): number {
  return Math.min(Math.max(axis < 0 ? axis + rank : axis, 0), rank);
}

/** Sizes of a tensor, as int64 of rank 1. */
export const shapeOf: Operator<ShapeView> = operator<ShapeView>({
  name: 'Shape',
  view: shapeView,
  infer(ctx, view) {
    const length: Dim =
      ctx.rank(0) === undefined || view.end === undefined ? freshDim() : Math.max(view.end - view.start, 0);
    return [tensorType('int64', [length])];
  },
  contents: (ctx, view) => ctx.shape(0)?.slice(view.start, view.end),
});

/** Number of elements of a tensor, as an int64 scalar. */
export const sizeOf: Operator = operator({
  name: 'Size',
  view: () => ({}),
  infer: () => [tensorType('int64', [])],
  contents(ctx) {
    const shape = ctx.shape(0);
    return shape && [shapeSize(shape)];
  },
});
