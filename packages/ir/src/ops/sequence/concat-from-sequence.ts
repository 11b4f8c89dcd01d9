import { freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { axisOf } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { elementType } from '../control/merge-types.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `ConcatFromSequence`. */
export type ConcatFromSequenceView = {
  /** Axis of the result; non-negative where the rank is known. */
  readonly axis: number;
  /** Whether the axis is a new one, so that elements are stacked. */
  readonly newAxis: boolean;
};

/** `ConcatFromSequence`: the elements of a sequence as one tensor. */
export const concatFromSequence: Operator<ConcatFromSequenceView> = operator({
  name: 'ConcatFromSequence',

  view(ctx) {
    const axis = ctx.int('axis');
    if (axis === undefined) throw ctx.invalid('attribute axis is missing');
    const newAxis = ctx.int('new_axis') === 1;
    const rank = elementShape(ctx)?.length;
    return { axis: rank === undefined ? axis : axisOf(ctx, axis, newAxis ? rank + 1 : rank), newAxis };
  },

  infer(ctx, view) {
    const element = elementType(ctx.type(0));
    if (element?.kind !== 'tensor') return [undefined];
    const shape = element.shape;
    if (shape === undefined) return [element];
    // How many elements there are is not part of the type of a sequence.
    const rest = view.newAxis ? view.axis : view.axis + 1;
    return [tensorType(element.dtype, [...shape.slice(0, view.axis), freshDim(), ...shape.slice(rest)])];
  },
});

function elementShape(ctx: OpContext): Shape | undefined {
  const type = ctx.type(0);
  return type?.kind === 'sequence' && type.of?.kind === 'tensor' ? type.of.shape : undefined;
}
