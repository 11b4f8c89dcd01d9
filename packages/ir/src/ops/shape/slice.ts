import type { Dim } from '../../types/dim.ts';
import { freshDim } from '../../types/dim.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { allNumbers, operandLength, resultType, sizesOperand } from '../sizes.ts';
import { sliceBounds, slicedSize } from './slice-bounds.ts';

/** Parallel lists; each is undefined when it is not known. */
export interface SliceView extends View {
  readonly starts: readonly Dim[] | undefined;
  readonly ends: readonly Dim[] | undefined;
  /** Non-negative where the rank is known. */
  readonly axes: readonly number[] | undefined;
  readonly steps: readonly number[] | undefined;
}

/** Attributes without steps up to opset 9, inputs from 10 on. Without axes the first ones are meant. */
export function sliceView(ctx: OpContext): SliceView {
  const view = ctx.version < 10 ? attributeForm(ctx) : inputForm(ctx);
  const { starts, ends, axes, steps } = view;
  const lengths = new Set([starts, ends, axes, steps].flatMap((list) => (list ? [list.length] : [])));
  if (lengths.size > 1) throw ctx.invalid('starts, ends, axes and steps differ in length');
  if (steps?.includes(0)) throw ctx.invalid('a step is 0');
  if (axes && new Set(axes).size !== axes.length) throw ctx.invalid('an axis occurs twice');
  return view;
}

function attributeForm(ctx: OpContext): SliceView {
  const starts = ctx.intsAttribute('starts') ?? [];
  const ends = ctx.intsAttribute('ends') ?? [];
  const axes = ctx.hasAttribute('axes') ? ctx.intsAttribute('axes') : undefined;
  return { starts, ends, axes: placed(ctx, axes ?? firstAxes(starts.length)), steps: starts.map(() => 1) };
}

function inputForm(ctx: OpContext): SliceView {
  const starts = sizesOperand(ctx, 1);
  const ends = sizesOperand(ctx, 2);
  const count = starts?.length ?? ends?.length ?? operandLength(ctx, 1) ?? operandLength(ctx, 2);
  const axes = ctx.hasInput(3) ? ctx.ints(3) : firstAxes(count);
  const steps = ctx.hasInput(4) ? ctx.ints(4) : firstAxes(count)?.map(() => 1);
  return { starts, ends, axes: placed(ctx, axes), steps };
}

function firstAxes(count: number | undefined): readonly number[] | undefined {
  // A list longer than any rank is refused later by the axis check; it must not be built first.
  return count === undefined || count > 4096 ? undefined : Array.from({ length: count }, (_, i) => i);
}

function placed(ctx: OpContext, axes: readonly number[] | undefined): readonly number[] | undefined {
  const rank = ctx.rank(0);
  return axes?.map((axis) => normalAxis(ctx, axis, rank));
}

function slicedShape(ctx: OpContext, view: SliceView): Shape | undefined {
  const shape = ctx.shape(0);
  if (shape === undefined) return undefined;
  const { starts, ends, axes, steps } = view;
  if (axes === undefined) return shape.map((d) => (d === 0 ? 0 : freshDim()));
  const out = [...shape];
  axes.forEach((axis, i) => {
    out[axis] = slicedSize(shape[axis] ?? 1, starts?.[i], ends?.[i], steps?.[i]);
  });
  return out;
}

/** Every `steps[i]`-th element of `starts[i] .. ends[i]` along some axes, forwards or backwards. */
export const slice: Operator<SliceView> = operator<SliceView>({
  name: 'Slice',
  view: sliceView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), slicedShape(ctx, view))],
  contents(ctx, view) {
    const elements = ctx.dims(0);
    if (elements === undefined || view.axes === undefined) return undefined;
    if (view.axes.length === 0) return elements;
    const start = allNumbers(view.starts)?.[0];
    const end = allNumbers(view.ends)?.[0];
    const step = view.steps?.[0];
    if (start === undefined || end === undefined || step === undefined) return undefined;
    const { first, count } = sliceBounds(elements.length, start, end, step);
    return Array.from({ length: count }, (_, i) => elements[first + i * step] ?? 0);
  },
});
