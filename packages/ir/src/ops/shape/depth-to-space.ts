import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import { exactDiv, floorDivDims, mulDims } from '../../types/dim-arithmetic.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** Parameters of `DepthToSpace` and `SpaceToDepth`. */
export interface BlockView extends View {
  readonly blocksize: number;
  /** Whether the place in the block (`DCR`) or the channel (`CRD`) is the slower part of the depth. */
  readonly mode: 'DCR' | 'CRD';
}

/** `mode` came with opset 11 for DepthToSpace and with 28 for SpaceToDepth. */
export function blockView(ctx: OpContext): BlockView {
  const blocksize = ctx.int('blocksize');
  if (blocksize === undefined || !(blocksize >= 1)) throw ctx.invalid('blocksize must be positive');
  const mode = ctx.string('mode') ?? 'DCR';
  if (mode !== 'DCR' && mode !== 'CRD') throw ctx.invalid(`mode ${mode} is not known`);
  return { blocksize, mode };
}

/** Sizes [N, C, H, W] of the input; fresh ones when it is not known. */
function imageShape(ctx: OpContext): readonly [Dim, Dim, Dim, Dim] {
  const shape = ctx.shape(0);
  if (shape === undefined) return [freshDim(), freshDim(), freshDim(), freshDim()];
  const [n, c, h, w] = shape;
  if (shape.length !== 4 || n === undefined || c === undefined || h === undefined || w === undefined) {
    throw ctx.invalid(`the input has rank ${shape.length}, not 4`);
  }
  return [n, c, h, w];
}

function divided(ctx: OpContext, size: Dim, by: number): Dim {
  const part = exactDiv(size, by);
  if (part !== undefined) return part;
  if (typeof size === 'number') throw ctx.invalid(`size ${printDim(size)} is not a multiple of ${by}`);
  return floorDivDims(size, by);
}

/** Moves depth into blocks of height and width: [N, C, H, W] to [N, C / b², H·b, W·b]. */
export const depthToSpace: Operator<BlockView> = operator<BlockView>({
  name: 'DepthToSpace',
  view: blockView,
  infer(ctx, view) {
    const b = view.blocksize;
    const [n, c, h, w] = imageShape(ctx);
    return [resultType(ctx.dtype(0), [n, divided(ctx, c, b * b), mulDims(h, b), mulDims(w, b)])];
  },
});

/** Moves blocks of height and width into depth: [N, C, H, W] to [N, C·b², H / b, W / b]. */
export const spaceToDepth: Operator<BlockView> = operator<BlockView>({
  name: 'SpaceToDepth',
  view: blockView,
  infer(ctx, view) {
    const b = view.blocksize;
    const [n, c, h, w] = imageShape(ctx);
    return [resultType(ctx.dtype(0), [n, mulDims(c, b * b), divided(ctx, h, b), divided(ctx, w, b)])];
  },
});
