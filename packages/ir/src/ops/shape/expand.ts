import type { Dim } from '../../types/dim.ts';
import { broadcastShapes, printShape, type Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { freshShape, MAX_CONTENTS, operandLength, resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `Expand`. */
export interface ExpandView extends View {
  /** The shape to broadcast with; the result may be larger where this has 1. */
  readonly shape: readonly Dim[] | undefined;
}

/** Reads the parameters of `Expand`. */
export function expandView(ctx: OpContext): ExpandView {
  return { shape: sizesOperand(ctx, 1) };
}

function expandedShape(ctx: OpContext, view: ExpandView): Shape | undefined {
  const input = ctx.shape(0);
  if (view.shape === undefined) return withUnknownTarget(input, operandLength(ctx, 1));
  if (view.shape.some((d) => typeof d === 'number' && d < 0)) throw ctx.invalid('a size is negative');
  if (input === undefined) return undefined;
  const shape = broadcastShapes(input, view.shape);
  if (shape === undefined) {
    throw ctx.invalid(`${printShape(input)} cannot be broadcast with ${printShape(view.shape)}`);
  }
  return shape;
}

/**
 * Only the number of wanted sizes is known: a size of the input stays as it is where it is not 1, and where
 * no wanted size stands over it.
 */
function withUnknownTarget(input: Shape | undefined, length: number | undefined): Shape | undefined {
  if (input === undefined || length === undefined) return undefined;
  const shape = freshShape(Math.max(input.length, length));
  const rank = shape?.length ?? 0;
  return shape?.map((dim, i) => {
    const own = input[i - rank + input.length];
    if (own === undefined) return dim;
    return i < rank - length || (typeof own === 'number' && own !== 1) ? own : dim;
  });
}

/** Broadcasts a tensor with a shape, by the multidirectional rule. */
export const expand: Operator<ExpandView> = operator<ExpandView>({
  name: 'Expand',
  view: expandView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), expandedShape(ctx, view))],
  contents(ctx, view) {
    const elements = ctx.dims(0);
    const target = view.shape;
    if (elements === undefined || target === undefined || target.length > 1) return undefined;
    const wanted = target[0] ?? 1;
    if (wanted === 1) return elements;
    const [only] = elements;
    if (elements.length !== 1 || only === undefined) return elements.length === wanted ? elements : undefined;
    if (typeof wanted !== 'number' || wanted < 0 || wanted > MAX_CONTENTS) return undefined;
    return new Array<Dim>(wanted).fill(only);
  },
});
