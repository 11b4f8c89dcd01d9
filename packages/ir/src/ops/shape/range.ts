import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, ceilDivDims, mulDims, subDims } from '../../types/dim-arithmetic.ts';
import { maxDims } from '../../types/dim-bounds.ts';
import { type DType, isInteger } from '../../types/dtype.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { MAX_CONTENTS, resultType, sizeOperand } from '../sizes.ts';

/** Each is undefined when it is not known; integers may be symbolic, and bigints where a number is not exact. */
export interface RangeView extends View {
  readonly start: Dim | bigint | undefined;
  readonly limit: Dim | bigint | undefined;
  readonly delta: Dim | bigint | undefined;
}

/** Reads the parameters of `Range`. */
export function rangeView(ctx: OpContext): RangeView {
  const dtype = dtypeOf(ctx);
  const view = { start: scalar(ctx, dtype, 0), limit: scalar(ctx, dtype, 1), delta: scalar(ctx, dtype, 2) };
  if (view.delta === 0) throw ctx.invalid('delta is 0');
  return view;
}

function dtypeOf(ctx: OpContext): DType | undefined {
  return ctx.dtype(0) ?? ctx.dtype(1) ?? ctx.dtype(2);
}

function scalar(ctx: OpContext, dtype: DType | undefined, index: number): Dim | bigint | undefined {
  if (dtype === undefined) return undefined;
  if (!isInteger(dtype)) return ctx.floats(index)?.[0];
  const exact = ctx.hasInput(index) ? ctx.facts.ints(index) : undefined;
  return exact?.length === 1 ? exact[0] : sizeOperand(ctx, index);
}

/** How many elements a range has, whatever numbers its bounds are. */
function rangeSize(ctx: OpContext, dtype: DType | undefined, view: RangeView): Dim {
  const { start, limit, delta } = view;
  if (start === undefined || limit === undefined || delta === undefined) return freshDim();
  if (typeof start === 'number' && typeof limit === 'number' && typeof delta === 'number') {
    // The difference is a value of the type; the quotient is not rounded to it.
    const span = dtype !== undefined && isInteger(dtype) ? limit - start : rounded(dtype, limit - start);
    const count = Math.max(Math.ceil(span / delta), 0);
    if (!Number.isFinite(count)) throw ctx.invalid(`no range from ${start} to ${limit} by ${delta}`);
    return count === 0 ? 0 : count;
  }
  if (typeof start === 'bigint' || typeof limit === 'bigint' || typeof delta === 'bigint') {
    return isNumeric(start) && isNumeric(limit) && isNumeric(delta)
      ? bigRangeSize(BigInt(start), BigInt(limit), BigInt(delta))
      : freshDim();
  }
  if (typeof delta !== 'number') return freshDim();
  const span = delta > 0 ? subDims(limit, start) : subDims(start, limit);
  return ceilDivDims(maxDims(span, 0), Math.abs(delta));
}

function rounded(dtype: DType | undefined, x: number): number {
  return dtype === 'float64' ? x : Math.fround(x);
}

function isNumeric(x: Dim | bigint): x is number | bigint {
  return typeof x !== 'object';
}

function bigRangeSize(start: bigint, limit: bigint, delta: bigint): number {
  const [span, step] = delta > 0n ? [limit - start, delta] : [start - limit, -delta];
  return span <= 0n ? 0 : Number((span + step - 1n) / step);
}

/** The numbers from `start` in steps of `delta`, before `limit` is reached. */
export const range: Operator<RangeView> = operator<RangeView>({
  name: 'Range',
  view: rangeView,
  infer(ctx, view) {
    const dtype = dtypeOf(ctx);
    return [resultType(dtype, [rangeSize(ctx, dtype, view)])];
  },
  contents(ctx, view) {
    const { start, delta } = view;
    const dtype = dtypeOf(ctx);
    const count = rangeSize(ctx, dtype, view);
    if (typeof count !== 'number' || count > MAX_CONTENTS) return undefined;
    if (start === undefined || delta === undefined) return undefined;
    if (typeof start === 'bigint' || typeof delta === 'bigint') return undefined;
    return Array.from({ length: count }, (_, i) => addDims(start, mulDims(delta, i)));
  },
});
