import { type Dim, freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `SplitToSequence`. */
export type SplitToSequenceView = {
  /** Non-negative where the rank is known. */
  readonly axis: number;
  /** Whether parts keep the axis; always when lengths are given. */
  readonly keepsAxis: boolean;
  /** Length of each part but perhaps the last one, when there is one length for all. */
  readonly partLength: number | undefined;
  /** Lengths of the parts, when they are listed and constant. */
  readonly lengths: readonly number[] | undefined;
};

/** `SplitToSequence`: the parts of a tensor along an axis. */
export const splitToSequence: Operator<SplitToSequenceView> = operator({
  name: 'SplitToSequence',

  view(ctx) {
    const rank = ctx.rank(0);
    const axis = ctx.int('axis') ?? 0;
    const at = rank === undefined ? axis : axisOf(ctx, axis, rank);
    if (!ctx.hasInput(1)) {
      return { axis: at, keepsAxis: ctx.int('keepdims') !== 0, partLength: 1, lengths: undefined };
    }
    const split = ctx.ints(1);
    const splitRank = ctx.rank(1);
    if (split?.some((n) => n < 0)) throw ctx.invalid('lengths of parts must not be negative');
    if (splitRank === 0 && split?.[0] === 0) throw ctx.invalid('the length of parts must be positive');
    return {
      axis: at,
      keepsAxis: true,
      partLength: splitRank === 0 ? split?.[0] : undefined,
      lengths: splitRank === 1 ? split : undefined,
    };
  },

  infer(ctx, view) {
    return [{ kind: 'sequence', of: partType(ctx, view) }];
  },
});

function partType(ctx: OpContext, view: SplitToSequenceView): ValueType | undefined {
  const dtype = ctx.dtype(0);
  const shape = ctx.shape(0);
  if (dtype === undefined) return undefined;
  if (shape === undefined) return tensorType(dtype);
  const part: Shape = view.keepsAxis ? [partDim(shape[view.axis], view)] : [];
  return tensorType(dtype, [...shape.slice(0, view.axis), ...part, ...shape.slice(view.axis + 1)]);
}

/** Length of the parts, if all have one. */
function partDim(total: Dim | undefined, view: SplitToSequenceView): Dim {
  if (view.lengths !== undefined) {
    const first = view.lengths[0];
    return first !== undefined && view.lengths.every((n) => n === first) ? first : freshDim();
  }
  const part = view.partLength;
  if (part === 1) return 1;
  return part !== undefined && typeof total === 'number' && total % part === 0 ? part : freshDim();
}
