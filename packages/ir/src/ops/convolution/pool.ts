import { type Dim, freshDim } from '../../types/dim.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { kernelAttribute } from './window.ts';
import { type SlidingWindow, slidingWindow, windowCounts } from './window-size.ts';

/** Parameters of pooling operators; pads are all begins, then all ends. */
export interface PoolView extends View, SlidingWindow {
  readonly kernelShape: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Whether a last window that only partly fits counts. */
  readonly ceilMode: boolean;
}

/** Parameters of `AveragePool`. */
export interface AveragePoolView extends PoolView {
  /** Whether padding counts as elements of the average. */
  readonly countIncludePad: boolean;
}

/** Parameters of `MaxPool`. */
export interface MaxPoolView extends PoolView {
  /** Whether the indices of the second output count the spatial axes from the first one (column major). */
  readonly columnMajor: boolean;
}

/** Parameters of `LpPool`. */
export interface LpPoolView extends PoolView {
  readonly p: number;
}

/** What all pools have in common. */
export function poolView(ctx: OpContext): PoolView {
  const kernelShape = kernelAttribute(ctx);
  if (kernelShape === undefined) throw ctx.invalid('attribute kernel_shape is missing');
  const ones = kernelShape.map(() => 1);
  const { strides = ones, dilations = ones, pads, autoPad } = slidingWindow(ctx, kernelShape);
  return { kernelShape, strides, pads, dilations, autoPad, ceilMode: ctx.int('ceil_mode') === 1 };
}

/** The exponent of an Lp norm, at least 1. */
export function exponentOf(ctx: OpContext): number {
  const p = ctx.int('p') ?? 2;
  if (!(p >= 1)) throw ctx.invalid(`p is ${p}, not at least 1`);
  return p;
}

/** Shape [N, C, o1, ..., on] of the pooled input. */
function pooledShape(ctx: OpContext, view: PoolView): readonly Dim[] {
  const x = ctx.shape(0);
  const spatial = x && windowCounts(ctx, view, x.slice(2), view.ceilMode);
  return [x?.[0] ?? freshDim(), x?.[1] ?? freshDim(), ...(spatial ?? view.kernelShape.map(() => freshDim()))];
}

function poolOperator<V extends PoolView>(name: string, view: (ctx: OpContext) => V): Operator<V> {
  return operator<V>({
    name,
    view,
    infer(ctx, parameters) {
      const dtype = ctx.dtype(0);
      const shape = pooledShape(ctx, parameters);
      // MaxPool alone has a second output: where the maxima were.
      return [dtype && tensorType(dtype, shape), tensorType('int64', shape)].slice(0, ctx.outputCount);
    },
  });
}

/** The operator `AveragePool`. */
export const averagePool: Operator<AveragePoolView> = poolOperator('AveragePool', (ctx) => ({
  ...poolView(ctx),
  countIncludePad: ctx.int('count_include_pad') === 1,
}));

/** The operator `MaxPool`. */
export const maxPool: Operator<MaxPoolView> = poolOperator('MaxPool', (ctx) => ({
  ...poolView(ctx),
  columnMajor: ctx.int('storage_order') === 1,
}));

/** The operator `LpPool`. */
export const lpPool: Operator<LpPoolView> = poolOperator('LpPool', (ctx) => ({
  ...poolView(ctx),
  p: exponentOf(ctx),
}));
