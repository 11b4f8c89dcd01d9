import { freshDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';

/** Parameters of `NonMaxSuppression`. */
export type NonMaxSuppressionView = {
  /** Whether boxes are [x centre, y centre, width, height]; else two opposite corners [y1, x1, y2, x2]. */
  readonly centered: boolean;
  /** Most boxes of a class, 0 by default; undefined when it is not constant. */
  readonly maxPerClass: number | undefined;
  readonly iouThreshold: number | undefined;
  /** Boxes with higher scores only; minus infinity for all; undefined when it is not constant. */
  readonly scoreThreshold: number | undefined;
};

/** `NonMaxSuppression`: indices [batch, class, box] of the best boxes that do not overlap too much. */
export const nonMaxSuppression: Operator<NonMaxSuppressionView> = operator({
  name: 'NonMaxSuppression',

  view(ctx) {
    const center = ctx.int('center_point_box') ?? 0;
    if (center !== 0 && center !== 1) throw ctx.invalid(`center_point_box ${center} is not known`);
    return {
      centered: center === 1,
      maxPerClass: ctx.hasInput(2) ? ctx.ints(2)?.[0] : 0,
      iouThreshold: optionalScalar(ctx, 3, 0),
      scoreThreshold: optionalScalar(ctx, 4, Number.NEGATIVE_INFINITY),
    };
  },

  infer: () => [tensorType('int64', [freshDim(), 3])],
});

function optionalScalar(ctx: OpContext, index: number, absent: number): number | undefined {
  return ctx.hasInput(index) ? ctx.floats(index)?.[0] : absent;
}
