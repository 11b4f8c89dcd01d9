import { type Dim, freshDim } from '../../types/dim.ts';
import { mulDims } from '../../types/dim-arithmetic.ts';
import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, MAX_CONTENTS, operandLength, resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `Tile`. */
export interface TileView extends View {
  /** How often each axis is repeated; undefined when that is not known. */
  readonly repeats: readonly Dim[] | undefined;
}

/** One list of counts from opset 6 on; in opset 1 a count and an axis, both as tensors of the type of the input. */
export function tileView(ctx: OpContext): TileView {
  const repeats = ctx.version < 6 ? firstForm(ctx) : sizesOperand(ctx, 1);
  if (repeats?.some((r) => typeof r === 'number' && r < 0))
    throw ctx.invalid('a count of repeats is negative');
  const rank = ctx.rank(0);
  if (repeats !== undefined && rank !== undefined && repeats.length !== rank) {
    throw ctx.invalid(`${repeats.length} counts of repeats for rank ${rank}`);
  }
  return { repeats };
}

function firstForm(ctx: OpContext): readonly number[] | undefined {
  const tiles = ctx.floats(1)?.[0];
  const axis = ctx.floats(2)?.[0];
  const rank = ctx.rank(0);
  if (tiles === undefined || axis === undefined || rank === undefined) return undefined;
  if (!Number.isInteger(tiles) || !Number.isInteger(axis) || axis < 0 || axis >= rank) {
    throw ctx.invalid(`cannot repeat axis ${axis} of rank ${rank} ${tiles} times`);
  }
  return Array.from({ length: rank }, (_, i) => (i === axis ? tiles : 1));
}

function tiledShape(ctx: OpContext, view: TileView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined)
    return freshShape(view.repeats?.length ?? (ctx.version < 6 ? undefined : operandLength(ctx, 1)));
  const { repeats } = view;
  return shape.map((d, i) =>
    repeats === undefined ? (d === 0 ? 0 : freshDim()) : mulDims(d, repeats[i] ?? 1),
  );
}

/** Repeats a tensor along its axes. */
export const tile: Operator<TileView> = operator<TileView>({
  name: 'Tile',
  view: tileView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), tiledShape(ctx, view))],
  contents(ctx, view) {
    const elements = ctx.dims(0);
    const { repeats } = view;
    if (elements === undefined || repeats === undefined) return undefined;
    if (repeats.length === 0) return elements;
    const count = repeats[0];
    if (typeof count !== 'number' || count * elements.length > MAX_CONTENTS) return undefined;
    return Array.from({ length: count }, () => elements).flat();
  },
});
