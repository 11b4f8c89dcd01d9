import type { Dim } from '../../types/dim.ts';
import { printShape, type Shape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';

/** How padding is told: by `pads`, or computed from sizes so that the output has a certain size. */
export type AutoPad = 'NOTSET' | 'SAME_UPPER' | 'SAME_LOWER' | 'VALID';

export function autoPadOf(ctx: OpContext): AutoPad {
  const text = ctx.string('auto_pad') ?? 'NOTSET';
  if (text === '') return 'NOTSET';
  if (text === 'NOTSET' || text === 'SAME_UPPER' || text === 'SAME_LOWER' || text === 'VALID') return text;
  throw ctx.invalid(`auto_pad "${text}" is unknown`);
}

/** Number of spatial axes: what any of the parameters or operands tells first. */
export function spatialRank(ctx: OpContext, kernel: readonly unknown[] | undefined): number | undefined {
  const rank = ctx.rank(0);
  if (rank !== undefined && rank < 2) throw ctx.invalid(`operand of rank ${rank} has no channels`);
  const count = kernel?.length ?? (rank === undefined ? undefined : rank - 2);
  if (rank !== undefined && count !== undefined && count !== rank - 2) {
    throw ctx.invalid(`kernel with ${count} axes does not fit an operand of rank ${rank}`);
  }
  return count;
}

/** A list with one entry of at least `least` per spatial axis; 1 everywhere when it is absent. */
export function perAxis(
  ctx: OpContext,
  name: string,
  count: number | undefined,
  least: number,
): readonly number[] | undefined {
  const given = ctx.intsAttribute(name);
  if (given === undefined || given.length === 0) {
    return count === undefined ? undefined : new Array<number>(count).fill(1);
  }
  if (count !== undefined && given.length !== count) {
    throw ctx.invalid(`${name} has ${given.length} entries for ${count} spatial axes`);
  }
  for (const value of given) {
    if (!Number.isSafeInteger(value) || value < least)
      throw ctx.invalid(`${name} ${value} is below ${least}`);
  }
  return given;
}

/** Explicit pads, all begins before all ends; zeros when they are absent. */
export function explicitPads(ctx: OpContext, count: number | undefined): readonly number[] | undefined {
  const given = ctx.intsAttribute('pads');
  if (given === undefined || given.length === 0) {
    return count === undefined ? undefined : new Array<number>(2 * count).fill(0);
  }
  if (count !== undefined && given.length !== 2 * count) {
    throw ctx.invalid(`pads has ${given.length} entries for ${count} spatial axes`);
  }
  for (const value of given) {
    if (!Number.isSafeInteger(value)) throw ctx.invalid(`pads ${value} is out of range`);
  }
  return given;
}

/** `kernel_shape` as written, every entry at least 1. */
export function kernelAttribute(ctx: OpContext): readonly number[] | undefined {
  const given = ctx.intsAttribute('kernel_shape');
  if (given === undefined || given.length === 0) return undefined;
  for (const size of given) {
    if (!Number.isSafeInteger(size) || size < 1)
      throw ctx.invalid(`kernel_shape ${printShape(given)} is not positive`);
  }
  return given;
}

/** Kernel sizes from the attribute or else from the weights [.., .., k1, ..., kn], as far as they are numbers. */
export function kernelOfWeights(ctx: OpContext): readonly number[] | undefined {
  const given = kernelAttribute(ctx);
  const weights = ctx.shape(1);
  if (weights === undefined) return given;
  if (weights.length < 2) throw ctx.invalid(`weights of rank ${weights.length} have no channels`);
  const sizes = weights.slice(2);
  if (sizes.includes(0)) throw ctx.invalid(`weights ${printShape(weights)} have an empty kernel`);
  if (given !== undefined) {
    if (
      given.length !== sizes.length ||
      given.some((k, i) => typeof sizes[i] === 'number' && sizes[i] !== k)
    ) {
      throw ctx.invalid(`kernel_shape ${printShape(given)} does not fit weights ${printShape(weights)}`);
    }
    return given;
  }
  return allNumbers(sizes);
}

function allNumbers(shape: Shape): readonly number[] | undefined {
  const out: number[] = [];
  for (const d of shape) {
    if (typeof d !== 'number') return undefined;
    out.push(d);
  }
  return out;
}

/** Extent of a kernel along one axis once its taps are spread by the dilation. */
export function dilatedKernel(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Sizes of the spatial axes of operand 0, if its rank is known. */
export function spatialShape(ctx: OpContext): readonly Dim[] | undefined {
  return ctx.shape(0)?.slice(2);
}
