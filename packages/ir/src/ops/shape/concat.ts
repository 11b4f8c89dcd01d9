import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import { addDims } from '../../types/dim-arithmetic.ts';
import type { Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { MAX_CONTENTS, resultType, unifyDims, unknownElements } from '../sizes.ts';

/** Parameters of `Concat`. */
export interface ConcatView extends View {
  /** Non-negative where the rank of an input is known. */
  readonly axis: number;
}

/** `axis` must be given from opset 4 on; before that it is 1 when it is not. */
export function concatView(ctx: OpContext): ConcatView {
  let axis = ctx.int('axis');
  if (axis === undefined) {
    if (ctx.version >= 4) throw ctx.invalid('attribute axis is missing');
    axis = 1;
  }
  return { axis: normalAxis(ctx, axis, knownRank(ctx)) };
}

function knownRank(ctx: OpContext): number | undefined {
  let rank: number | undefined;
  for (let i = 0; i < ctx.inputCount; i += 1) {
    const own = ctx.rank(i);
    if (own === undefined) continue;
    if (rank !== undefined && rank !== own) throw ctx.invalid(`inputs have ranks ${rank} and ${own}`);
    rank = own;
  }
  return rank;
}

/** Sizes add up along the axis and agree on all others, so each input may tell what another does not. */
function joinedShape(ctx: OpContext, axis: number): Shape | undefined {
  let joined: Dim[] | undefined;
  let along: Dim = 0;
  let complete = true;
  for (let i = 0; i < ctx.inputCount; i += 1) {
    const shape = ctx.shape(i);
    if (shape === undefined) {
      complete = false;
      continue;
    }
    along = addDims(along, shape[axis] ?? 1);
    joined = joined === undefined ? [...shape] : unifiedWith(ctx, joined, shape, axis, i);
  }
  if (joined !== undefined) joined[axis] = complete ? along : freshDim();
  return joined;
}

function unifiedWith(
  ctx: OpContext,
  joined: readonly Dim[],
  shape: Shape,
  axis: number,
  input: number,
): Dim[] {
  return joined.map((dim, i) => {
    if (i === axis) return dim;
    const own = shape[i] ?? 1;
    const both = unifyDims(dim, own);
    if (both === undefined)
      throw ctx.invalid(
        `input ${input} has size ${printDim(own)} on axis ${i}, others have ${printDim(dim)}`,
      );
    return both;
  });
}

function dtypeOfInputs(ctx: OpContext): ReturnType<OpContext['dtype']> {
  for (let i = 0; i < ctx.inputCount; i += 1) {
    const dtype = ctx.dtype(i);
    if (dtype !== undefined) return dtype;
  }
  return undefined;
}

/** Joins tensors along one axis. */
export const concat: Operator<ConcatView> = operator<ConcatView>({
  name: 'Concat',
  view: concatView,
  infer: (ctx, view) => [resultType(dtypeOfInputs(ctx), joinedShape(ctx, view.axis))],
  contents(ctx) {
    const elements: Dim[] = [];
    let anyKnown = false;
    for (let i = 0; i < ctx.inputCount; i += 1) {
      const known = ctx.dims(i);
      const part = known ?? unknownElements(ctx, i);
      if (part === undefined || elements.length + part.length > MAX_CONTENTS) return undefined;
      anyKnown ||= known !== undefined;
      elements.push(...part);
    }
    return anyKnown ? elements : undefined;
  },
});
