import { freshDim } from '../../types/dim.ts';
import { type DType, dtypeFromCode, isFloat } from '../../types/dtype.ts';
import type { Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { resultType } from '../sizes.ts';

/** What all random operators have in common. */
export type RandomView = {
  /** Element type of the result; undefined when it is that of an operand and not known. */
  readonly dtype: DType | undefined;
  /** With a seed the result is the same in each run. */
  readonly seed: number | undefined;
};

/** Parameters of `RandomNormal` and `RandomNormalLike`. */
export type NormalView = RandomView & { readonly mean: number; readonly deviation: number };

/** Parameters of `RandomUniform` and `RandomUniformLike`. */
export type UniformView = RandomView & { readonly low: number; readonly high: number };

/** Parameters of `Multinomial`. */
export type MultinomialView = RandomView & { readonly samples: number };

/** Attribute `dtype`, else the element type of the operand. */
function statedDtype(ctx: OpContext): DType | undefined {
  const code = ctx.int('dtype');
  if (code === undefined) return ctx.dtype(0);
  const dtype = dtypeFromCode(code);
  if (dtype === undefined) throw ctx.invalid(`dtype ${code} is not an element type`);
  return dtype;
}

function floatDtype(ctx: OpContext): DType | undefined {
  const dtype = statedDtype(ctx);
  if (dtype !== undefined && !isFloat(dtype)) throw ctx.invalid(`it cannot give ${dtype}`);
  return dtype;
}

function statedShape(ctx: OpContext): readonly number[] {
  const shape = ctx.intsAttribute('shape');
  if (shape === undefined) throw ctx.invalid('attribute shape is missing');
  for (const d of shape) if (!(d >= 0)) throw ctx.invalid(`shape has the negative size ${d}`);
  return shape;
}

function normalView(ctx: OpContext): NormalView {
  return {
    dtype: floatDtype(ctx),
    seed: ctx.float('seed'),
    mean: ctx.float('mean') ?? 0,
    deviation: ctx.float('scale') ?? 1,
  };
}

function uniformView(ctx: OpContext): UniformView {
  return {
    dtype: floatDtype(ctx),
    seed: ctx.float('seed'),
    low: ctx.float('low') ?? 0,
    high: ctx.float('high') ?? 1,
  };
}

/** `RandomNormal`: normally distributed numbers of a stated shape. */
export const randomNormal: Operator<NormalView> = operator({
  name: 'RandomNormal',
  view: normalView,
  infer: (ctx, view) => [resultType(view.dtype, statedShape(ctx))],
});

/** `RandomNormalLike`: normally distributed numbers in the shape of the operand. */
export const randomNormalLike: Operator<NormalView> = operator({
  name: 'RandomNormalLike',
  view: normalView,
  infer: (ctx, view) => [resultType(view.dtype, ctx.shape(0))],
});

/** `RandomUniform`: evenly distributed numbers of a stated shape. */
export const randomUniform: Operator<UniformView> = operator({
  name: 'RandomUniform',
  view: uniformView,
  infer: (ctx, view) => [resultType(view.dtype, statedShape(ctx))],
});

/** `RandomUniformLike`: evenly distributed numbers in the shape of the operand. */
export const randomUniformLike: Operator<UniformView> = operator({
  name: 'RandomUniformLike',
  view: uniformView,
  infer: (ctx, view) => [resultType(view.dtype, ctx.shape(0))],
});

/** `Bernoulli`: 1 with the probability that the operand holds, else 0. */
export const bernoulli: Operator<RandomView> = operator({
  name: 'Bernoulli',
  view: (ctx) => ({ dtype: statedDtype(ctx), seed: ctx.float('seed') }),
  infer: (ctx, view) => [resultType(view.dtype, ctx.shape(0))],
});

/** `Multinomial`: draws class indices [batch, samples] from unnormalised log probabilities [batch, classes]. */
export const multinomial: Operator<MultinomialView> = operator({
  name: 'Multinomial',
  view(ctx) {
    const code = ctx.int('dtype') ?? 6;
    const dtype = dtypeFromCode(code);
    if (dtype !== 'int32' && dtype !== 'int64') throw ctx.invalid(`dtype ${code} is neither int32 nor int64`);
    const samples = ctx.int('sample_size') ?? 1;
    if (samples < 0) throw ctx.invalid(`sample_size ${samples} is negative`);
    return { dtype, seed: ctx.float('seed'), samples };
  },
  infer(ctx, view) {
    const shape = ctx.shape(0);
    if (shape && shape.length !== 2) throw ctx.invalid(`its operand has rank ${shape.length} instead of 2`);
    const out: Shape = [shape?.[0] ?? freshDim(), view.samples];
    return [resultType(view.dtype, out)];
  },
});
