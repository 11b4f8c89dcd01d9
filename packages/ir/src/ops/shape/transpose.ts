import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, resultType } from '../sizes.ts';

/** Parameters of `Transpose`. */
export interface TransposeView extends View {
  /** Axis `i` of the result is axis `perm[i]` of the input; undefined when it is not given and the rank not known. */
  readonly perm: readonly number[] | undefined;
}

/** Without `perm` the axes are reversed. */
export function transposeView(ctx: OpContext): TransposeView {
  const rank = ctx.rank(0);
  const given = ctx.hasAttribute('perm') ? ctx.intsAttribute('perm') : undefined;
  if (given === undefined) {
    return { perm: rank === undefined ? undefined : Array.from({ length: rank }, (_, i) => rank - 1 - i) };
  }
  if (rank !== undefined && given.length !== rank) {
    throw ctx.invalid(`perm has ${given.length} axes, the input ${rank}`);
  }
  const perm = given.map((axis) => (axis < 0 ? axis + given.length : axis));
  const seen = new Set(perm);
  if (seen.size !== perm.length || !perm.every((axis) => axis >= 0 && axis < perm.length)) {
    throw ctx.invalid(`perm [${given.join(', ')}] is not a permutation`);
  }
  return { perm };
}

function transposedShape(ctx: OpContext, view: TransposeView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined || view.perm === undefined) return freshShape(view.perm?.length);
  return view.perm.map((axis) => shape[axis] ?? 1);
}

/** The axes in another order. */
export const transpose: Operator<TransposeView> = operator<TransposeView>({
  name: 'Transpose',
  view: transposeView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), transposedShape(ctx, view))],
  // A tensor of rank 0 or 1 has one order only.
  contents: (ctx) => ctx.dims(0),
});
