import { type Dim, freshDim } from '../../types/dim.ts';
import { addDims, mulDims } from '../../types/dim-arithmetic.ts';
import { maxDims, minDims } from '../../types/dim-bounds.ts';
import type { Shape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { normalAxes } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of reductions. */
export interface ReduceView extends View {
  /**
   * Axes that are reduced, ascending; empty when the reduction is a no-op. Undefined when they are not known,
   * or when all axes of a tensor of unknown rank are meant.
   */
  readonly axes: readonly number[] | undefined;
  /** Whether every axis is reduced; undefined when that is not known. */
  readonly all: boolean | undefined;
  readonly keepdims: boolean;
}

/** Reductions over a set of axes; they differ only in what they compute. */
export const reduceNames = [
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceMax',
  'ReduceMean',
  'ReduceMin',
  'ReduceProd',
  'ReduceSum',
  'ReduceSumSquare',
] as const;

/** Names of the operators that reduce along axes. */
export type ReduceName = (typeof reduceNames)[number];

/**
 * Axes are an attribute up to opset 12 (ReduceSum) or 17 (the others) and an input from then on. No axes mean
 * all of them, unless `noop_with_empty_axes` says that nothing is reduced.
 */
export function reduceView(ctx: OpContext): ReduceView {
  const keepdims = (ctx.int('keepdims') ?? 1) !== 0;
  const rank = ctx.rank(0);
  const given = reducedAxes(ctx);
  if (given === undefined) {
    // Without axes of its own a scalar has only one meaning.
    return rank === 0 ? { axes: [], all: true, keepdims } : { axes: undefined, all: undefined, keepdims };
  }
  if (given.length > 0) {
    const axes = normalAxes(ctx, given, rank);
    return { axes, all: rank === undefined ? undefined : axes.length === rank, keepdims };
  }
  if (ctx.int('noop_with_empty_axes') === 1) return { axes: [], all: rank === 0, keepdims };
  return { axes: rank === undefined ? undefined : everyAxis(rank), all: true, keepdims };
}

/** Axes as given; empty when they are absent, undefined when they are not known. */
function reducedAxes(ctx: OpContext): readonly number[] | undefined {
  if (ctx.schema?.inputs.length === 1) return ctx.intsAttribute('axes') ?? [];
  if (!ctx.hasInput(1) || ctx.shape(1)?.[0] === 0) return [];
  return ctx.ints(1);
}

function everyAxis(rank: number): readonly number[] {
  return Array.from({ length: rank }, (_, i) => i);
}

/** Shape of a reduction over `view.axes`, as far as it is known. */
function reducedShape(ctx: OpContext, view: ReduceView): Shape | undefined {
  if (view.all === true && !view.keepdims) return [];
  const shape = ctx.shape(0);
  if (shape === undefined) return undefined;
  if (view.axes !== undefined) {
    const reduced = new Set(view.axes);
    if (view.keepdims) return shape.map((d, i) => (reduced.has(i) ? 1 : d));
    return shape.filter((_, i) => !reduced.has(i));
  }
  // Any axis may be among those reduced, but keepdims keeps the rank.
  return view.keepdims ? shape.map((d) => (d === 1 ? 1 : freshDim())) : undefined;
}

const combine = new Map<ReduceName, (a: Dim, b: Dim) => Dim>([
  ['ReduceSum', addDims],
  ['ReduceProd', mulDims],
  ['ReduceMax', maxDims],
  ['ReduceMin', minDims],
]);

/** The meaning of one reduction over axes. */
export function reduceOperator(name: ReduceName): Operator<ReduceView> {
  return operator<ReduceView>({
    name,
    view: reduceView,
    infer(ctx, view) {
      const dtype = ctx.dtype(0);
      return [dtype === undefined ? undefined : tensorType(dtype, reducedShape(ctx, view))];
    },
    contents(ctx, view) {
      const fold = combine.get(name);
      const dims = ctx.dims(0);
      if (fold === undefined || dims === undefined) return undefined;
      if (view.axes?.length === 0) return dims;
      if (view.all !== true) return undefined;
      const [first, ...rest] = dims;
      return first === undefined ? undefined : [rest.reduce(fold, first)];
    },
  });
}
