import { type Dim, printDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';

/** How scales (and zero points) are spread over a tensor. */
export type Granularity = 'tensor' | 'axis' | 'block';

/** What `QuantizeLinear` and `DequantizeLinear` say about their scales. */
export interface ScaleLayout {
  /** Undefined when the rank of the scale is not known. */
  readonly granularity: Granularity | undefined;
  /** The axis along which scales differ; undefined for one scale, and when the rank is not known. */
  readonly axis: number | undefined;
  /** Elements along the axis that share a scale; 0 unless scales are blocked. */
  readonly blockSize: number;
}

/** Reads the layout from the attributes and the shape of the scale, which is operand 1. */
export function scaleLayout(ctx: OpContext): ScaleLayout {
  const blockSize = ctx.int('block_size') ?? 0;
  if (!Number.isSafeInteger(blockSize) || blockSize < 0)
    throw ctx.invalid(`block_size ${blockSize} is negative`);
  const granularity = granularityOf(ctx, blockSize);
  return { granularity, axis: granularity === 'tensor' ? undefined : quantizedAxis(ctx), blockSize };
}

function granularityOf(ctx: OpContext, blockSize: number): Granularity | undefined {
  const scale = ctx.shape(1);
  if (blockSize > 0) return 'block';
  if (scale === undefined) return undefined;
  if (scale.length === 0 || (scale.length === 1 && scale[0] === 1)) return 'tensor';
  if (scale.length > 1) throw ctx.invalid(`a scale of shape ${printShape(scale)} needs a block_size`);
  // One symbolic size: a single scale and one a channel cannot be told apart yet.
  return typeof scale[0] === 'number' ? 'axis' : undefined;
}

/** The axis that the attribute names; on a vector there is only one. */
function quantizedAxis(ctx: OpContext): number | undefined {
  const rank = ctx.rank(0);
  if (rank === undefined) return undefined;
  return rank === 1 ? 0 : axisOf(ctx, ctx.int('axis') ?? 1, rank);
}

/** Throws when scale, zero point and operand cannot go together. */
export function checkScales(ctx: OpContext, layout: ScaleLayout): void {
  const x = ctx.shape(0);
  const scale = ctx.shape(1);
  const zeroPoint = ctx.shape(2);
  if (scale && zeroPoint && !sameCount(scale, zeroPoint)) {
    throw ctx.invalid(
      `scale ${printShape(scale)} and zero point ${printShape(zeroPoint)} have different shapes`,
    );
  }
  const { granularity, axis, blockSize } = layout;
  if (!x || !scale || axis === undefined) return;
  const size = x[axis] ?? 1;
  if (granularity === 'axis' && sameDim(scale[0] ?? 1, size) === 'no') {
    throw ctx.invalid(`${printDim(scale[0] ?? 1)} scales do not fit axis ${axis} of ${printShape(x)}`);
  }
  if (granularity !== 'block') return;
  const fits = (d: Dim, i: number): boolean => {
    if (i !== axis) return sameDim(d, scale[i] ?? 1) !== 'no';
    const blocks = scale[i] ?? 1;
    return typeof d !== 'number' || typeof blocks !== 'number' || Math.ceil(d / blockSize) === blocks;
  };
  if (scale.length !== x.length || !x.every(fits)) {
    throw ctx.invalid(`scales ${printShape(scale)} do not fit ${printShape(x)} in blocks of ${blockSize}`);
  }
}

/** Equal shapes; a scalar and a list of one are taken for the same, as exporters do. */
function sameCount(a: readonly Dim[], b: readonly Dim[]): boolean {
  const isOne = (s: readonly Dim[]): boolean => s.every((d) => d === 1);
  if (isOne(a) && isOne(b)) return true;
  return a.length === b.length && a.every((d, i) => sameDim(d, b[i] ?? 1) !== 'no');
}
