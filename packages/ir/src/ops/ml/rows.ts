import { type Dim, freshDim } from '../../types/dim.ts';
import { mulDims } from '../../types/dim-arithmetic.ts';
import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';

/** How scores become results, by the names of the specification. */
export type PostTransform = 'NONE' | 'SOFTMAX' | 'LOGISTIC' | 'SOFTMAX_ZERO' | 'PROBIT';

export function postTransform(ctx: OpContext): PostTransform {
  const name = ctx.string('post_transform') ?? 'NONE';
  switch (name) {
    case 'NONE':
    case 'SOFTMAX':
    case 'LOGISTIC':
    case 'SOFTMAX_ZERO':
    case 'PROBIT':
      return name;
    default:
      throw ctx.invalid(`post_transform ${name} is not known`);
  }
}

/** Number of rows of X [N, C]; a vector [C] is one row. */
export function rowsDim(ctx: OpContext): Dim {
  const shape = ctx.shape(0);
  if (shape === undefined) return freshDim();
  if (shape.length !== 1 && shape.length !== 2)
    throw ctx.invalid(`X must have rank 1 or 2, not ${shape.length}`);
  return shape.length === 1 ? 1 : (shape[0] ?? freshDim());
}

/** Class labels of a classifier: strings or integers, whichever are given. */
export interface Labels {
  readonly dtype: 'string' | 'int64';
  readonly count: number;
}

export function labelsOf(ctx: OpContext, intsName: string): Labels {
  const strings = ctx.stringsAttribute('classlabels_strings') ?? [];
  const ints = ctx.intsAttribute(intsName) ?? [];
  if (strings.length > 0 && ints.length > 0) throw ctx.invalid('it has both string and integer labels');
  return strings.length > 0
    ? { dtype: 'string', count: strings.length }
    : { dtype: 'int64', count: ints.length };
}

/** Number of elements of a shape, if it is known. */
export function sizeOf(shape: Shape | undefined): Dim {
  if (shape === undefined) return freshDim();
  let size: Dim = 1;
  for (const d of shape) size = mulDims(size, d);
  return size;
}
