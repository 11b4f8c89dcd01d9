import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import {
  addDims,
  ceilDivDims,
  exactDiv,
  floorDivDims,
  mulDims,
  subDims,
} from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { allNumbers, MAX_CONTENTS, resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `Split`. */
export interface SplitView extends View {
  readonly axis: number;
  /** Sizes of the parts along the axis, one an output; undefined when they are not known. */
  readonly split: readonly Dim[] | undefined;
}

/**
 * Sizes are an attribute up to opset 12 and an input from 13 on (opset 1 has both). Without them the parts are equal; from
 * opset 18 on the last one may be smaller.
 */
export function splitView(ctx: OpContext): SplitView {
  const axis = normalAxis(ctx, ctx.int('axis') ?? 0, ctx.rank(0));
  const size = ctx.shape(0)?.[axis];
  const asAttribute = ctx.version < 13 && ctx.hasAttribute('split');
  const asInput = (ctx.version < 2 || ctx.version >= 13) && ctx.hasInput(1);
  if (!asAttribute && !asInput)
    return { axis, split: size === undefined ? undefined : equalParts(ctx, size) };
  const split = asAttribute ? ctx.intsAttribute('split') : sizesOperand(ctx, 1);
  if (split !== undefined) checkSizes(ctx, split, size);
  return { axis, split };
}

function checkSizes(ctx: OpContext, split: readonly Dim[], size: Dim | undefined): void {
  if (split.length !== ctx.outputCount) {
    throw ctx.invalid(`${split.length} sizes for ${ctx.outputCount} outputs`);
  }
  if (split.some((s) => typeof s === 'number' && s < 0)) throw ctx.invalid('a size is negative');
  if (size !== undefined && sameDim(split.reduce(addDims, 0), size) === 'no') {
    throw ctx.invalid(`sizes ${printShape(split)} do not add up to ${printDim(size)}`);
  }
}

function equalParts(ctx: OpContext, size: Dim): readonly Dim[] {
  const count = ctx.outputCount;
  const wanted = ctx.int('num_outputs');
  if (wanted !== undefined && wanted !== count)
    throw ctx.invalid(`num_outputs is ${wanted} with ${count} outputs`);
  const part = exactDiv(size, count);
  if (part !== undefined) return new Array<Dim>(count).fill(part);
  if (ctx.version < 18) {
    if (typeof size === 'number') throw ctx.invalid(`size ${size} cannot be split into ${count} equal parts`);
    return new Array<Dim>(count).fill(floorDivDims(size, count));
  }
  const first = ceilDivDims(size, count);
  const last = subDims(size, mulDims(first, count - 1));
  if (typeof last === 'number' && last < 0) throw ctx.invalid(`size ${size} is too small for ${count} parts`);
  return [...new Array<Dim>(count - 1).fill(first), last];
}

/** Cuts a tensor into parts along one axis. */
export const split: Operator<SplitView> = operator<SplitView>({
  name: 'Split',
  view: splitView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0);
    const shape = ctx.shape(0);
    return Array.from({ length: ctx.outputCount }, (_, i) => {
      const size = view.split?.[i] ?? freshDim();
      return resultType(
        dtype,
        shape?.map((d, axis) => (axis === view.axis ? size : d)),
      );
    });
  },
  contents(ctx, view, output) {
    const elements = ctx.dims(0);
    // More parts than sizes can be in a list: nothing to follow, and asked for each part it would add up.
    if (elements === undefined || ctx.outputCount > MAX_CONTENTS) return undefined;
    const sizes = allNumbers(view.split);
    if (sizes === undefined) return undefined;
    let start = 0;
    for (let i = 0; i < output; i += 1) start += sizes[i] ?? 0;
    return elements.slice(start, start + (sizes[output] ?? 0));
  },
});
