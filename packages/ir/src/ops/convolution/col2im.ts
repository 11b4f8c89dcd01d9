import { type Dim, freshDim } from '../../types/dim.ts';
import { floorDivDims, modDims } from '../../types/dim-arithmetic.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { explicitPads, perAxis } from './window.ts';
import { windowCounts } from './window-size.ts';

/** A file may state any length for an operand; what follows makes lists of that length. */
const MAX_AXES = 64;

/** Parameters of `Col2Im`. */
export interface Col2ImView extends View {
  /** Spatial sizes of the image, as far as they are known. */
  readonly imageShape: readonly Dim[] | undefined;
  readonly blockShape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  /** All begins, then all ends. */
  readonly pads: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
}

export function col2ImView(ctx: OpContext): Col2ImView {
  const imageShape = ctx.dims(1);
  const blockShape = ctx.ints(2);
  const length = ctx.shape(1)?.[0] ?? ctx.shape(2)?.[0];
  if (typeof length === 'number' && length > MAX_AXES)
    throw ctx.invalid(`an image cannot have ${length} axes`);
  const count = imageShape?.length ?? blockShape?.length ?? (typeof length === 'number' ? length : undefined);
  if (
    blockShape &&
    (blockShape.length !== count || blockShape.some((b) => !Number.isSafeInteger(b) || b < 1))
  ) {
    throw ctx.invalid(`block_shape ${printShape(blockShape)} does not fit an image with ${count} axes`);
  }
  return {
    imageShape,
    blockShape,
    strides: perAxis(ctx, 'strides', count, 1),
    pads: explicitPads(ctx, count),
    dilations: perAxis(ctx, 'dilations', count, 1),
  };
}

/** Number of blocks that the image has by the window's parameters, when all of them are known. */
export function col2ImBlocks(ctx: OpContext, view: Col2ImView): readonly Dim[] | undefined {
  if (view.imageShape === undefined) return undefined;
  return windowCounts(ctx, { ...view, kernelShape: view.blockShape, autoPad: 'NOTSET' }, view.imageShape);
}

/** Columns [N, C * block, L] summed back into an image [N, C, d1, ..., dn]. */
export const col2Im: Operator<Col2ImView> = operator<Col2ImView>({
  name: 'Col2Im',
  view: col2ImView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const input = ctx.shape(0);
    if (input && input.length !== 3) throw ctx.invalid(`input ${printShape(input)} is not [N, C * block, L]`);
    const count = view.strides?.length;
    if (dtype === undefined || count === undefined) return [dtype && tensorType(dtype)];
    let block = 1;
    for (const b of view.blockShape ?? []) block *= b;
    const rows = input?.[1];
    const known = rows !== undefined && view.blockShape !== undefined;
    if (known && typeof modDims(rows, block) === 'number' && modDims(rows, block) !== 0) {
      throw ctx.invalid(`${printShape(input)} does not hold whole blocks of ${block} elements`);
    }
    const channels = known ? floorDivDims(rows, block) : freshDim();
    const image = view.imageShape ?? Array.from({ length: count }, freshDim);
    return [tensorType(dtype, [input?.[0] ?? freshDim(), channels, ...image])];
  },
});
