import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims } from '../../types/dim-arithmetic.ts';
import { isFloat } from '../../types/dtype.ts';
import { printShape, type Shape } from '../../types/shape.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { allNumbers, freshShape, MAX_CONTENTS, operandLength, resultType, sizesOperand } from '../sizes.ts';

/** Parameters of `Pad`. */
export interface PadView extends View {
  readonly mode: 'constant' | 'reflect' | 'edge' | 'wrap';
  /**
   * What is added before every axis, then what is added after every axis; negative where elements are taken
   * away. Undefined when it is not known.
   */
  readonly pads: readonly Dim[] | undefined;
  /** The element that is added in mode `constant`; undefined when it is not known. */
  readonly constant_value: number | bigint | string | undefined;
}

/**
 * `pads` (`paddings` in opset 1) and `value` are attributes up to opset 10 and inputs from 11 on; `axes`
 * came with 18, mode `wrap` with 19.
 */
export function padView(ctx: OpContext): PadView {
  return { mode: modeOf(ctx), pads: padsOf(ctx), constant_value: constantValue(ctx) };
}

function modeOf(ctx: OpContext): PadView['mode'] {
  const mode = ctx.string('mode') ?? 'constant';
  if (mode === 'constant' || mode === 'reflect' || mode === 'edge') return mode;
  if (mode === 'wrap' && ctx.version >= 19) return mode;
  throw ctx.invalid(`mode ${mode} is not known`);
}

function padsOf(ctx: OpContext): readonly Dim[] | undefined {
  const given = givenPads(ctx);
  if (given === undefined) return undefined;
  const rank = ctx.rank(0);
  const count = given.length / 2;
  if (!Number.isInteger(count)) throw ctx.invalid(`${given.length} pads do not come in pairs`);
  if (ctx.version < 18 || !ctx.hasInput(3)) {
    if (rank !== undefined && rank !== count) throw ctx.invalid(`${given.length} pads for rank ${rank}`);
    return given;
  }
  const axes = ctx.ints(3);
  if (axes === undefined || rank === undefined) return undefined;
  if (axes.length !== count) throw ctx.invalid(`${given.length} pads for ${axes.length} axes`);
  const pads = new Array<Dim>(2 * rank).fill(0);
  axes.forEach((a, i) => {
    const axis = normalAxis(ctx, a, rank);
    pads[axis] = given[i] ?? 0;
    pads[axis + rank] = given[i + count] ?? 0;
  });
  return pads;
}

function givenPads(ctx: OpContext): readonly Dim[] | undefined {
  if (ctx.version >= 11) return sizesOperand(ctx, 1);
  return ctx.intsAttribute(ctx.version < 2 ? 'paddings' : 'pads') ?? [];
}

function constantValue(ctx: OpContext): PadView['constant_value'] {
  const dtype = ctx.dtype(0);
  if (ctx.version < 11) return ctx.float('value') ?? 0;
  if (!ctx.hasInput(2)) return dtype === 'string' ? '' : 0;
  if (dtype === undefined) return undefined;
  if (dtype === 'string') return ctx.strings(2)?.[0];
  // Not `ctx.ints`, which rounds int64 to double.
  return isFloat(dtype) ? ctx.floats(2)?.[0] : ctx.facts.ints(2)?.[0];
}

function paddedShape(ctx: OpContext, view: PadView): Shape | undefined {
  const shape = ctx.shape(0);
  const { pads } = view;
  if (shape === undefined) return freshShape(pads ? pads.length / 2 : undeterminedRank(ctx));
  if (pads === undefined) return shape.map(freshDim);
  return shape.map((dim, axis) => {
    const size = addDims(addDims(dim, pads[axis] ?? 0), pads[axis + shape.length] ?? 0);
    if (typeof size === 'number' && size < 0) {
      throw ctx.invalid(`pads take more from axis ${axis} of ${printShape(shape)} than there is`);
    }
    return size;
  });
}

/** Without axes the number of pads tells the rank even where their values are not known. */
function undeterminedRank(ctx: OpContext): number | undefined {
  const length = ctx.version < 11 || ctx.hasInput(3) ? undefined : operandLength(ctx, 1);
  return length === undefined ? undefined : length / 2;
}

/** Adds elements before and after each axis, or takes some away. */
export const pad: Operator<PadView> = operator<PadView>({
  name: 'Pad',
  view: padView,
  infer: (ctx, view) => [resultType(ctx.dtype(0), paddedShape(ctx, view))],
  contents(ctx, view) {
    const elements = ctx.dims(0);
    const pads = allNumbers(view.pads);
    const value = view.constant_value;
    if (elements === undefined || pads === undefined || view.mode !== 'constant') return undefined;
    if (typeof value !== 'number') return undefined;
    if (pads.length === 0) return elements;
    const [before = 0, after = 0] = pads;
    const length = elements.length + before + after;
    if (length < 0 || length > MAX_CONTENTS) return undefined;
    return Array.from({ length }, (_, i) => elements[i - before] ?? value);
  },
});
