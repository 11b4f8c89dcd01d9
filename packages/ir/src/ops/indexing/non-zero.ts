import { freshDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator } from '../operator.ts';

/** Coordinates of the elements that are not zero: int64 [rank, count]. A scalar has no coordinates: [0, count]. */
export const nonZero: Operator = operator({
  name: 'NonZero',
  view: () => ({}),
  infer: (ctx) => [tensorType('int64', [ctx.rank(0) ?? freshDim(), freshDim()])],
});
