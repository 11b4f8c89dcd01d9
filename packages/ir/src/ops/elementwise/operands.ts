import type { Dim } from '../../types/dim.ts';
import type { DType } from '../../types/dtype.ts';
import { broadcastShapes, printShape, type Shape } from '../../types/shape.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';

/** A view without parameters. */
export type NoParameters = Readonly<Record<string, never>>;

export const noParameters: NoParameters = {};

/** The element type that operands share, as far as one of them tells. Throws when two disagree. */
export function commonDType(ctx: OpContext, indices: readonly number[]): DType | undefined {
  let common: DType | undefined;
  for (const index of indices) {
    const dtype = ctx.dtype(index);
    if (dtype === undefined) continue;
    if (common !== undefined && common !== dtype) {
      throw ctx.invalid(`its operands have different types, ${common} and ${dtype}`);
    }
    common = dtype;
  }
  return common;
}

/** Shape of operands broadcast together; undefined when a rank is not known. Throws when they do not fit. */
export function broadcastOperands(ctx: OpContext, indices: readonly number[]): Shape | undefined {
  let result: Shape | undefined = [];
  for (const index of indices) {
    const shape = index === 1 ? secondShape(ctx) : ctx.shape(index);
    if (shape === undefined) return undefined;
    const merged: Shape | undefined = broadcastShapes(result, shape);
    if (!merged) throw ctx.invalid(`shapes ${printShape(result)} and ${printShape(shape)} do not broadcast`);
    result = merged;
  }
  return result;
}

/** All operand indices of a node with variadic inputs. */
export function allOperands(ctx: OpContext): readonly number[] {
  return ctx.node.inputs.map((_, i) => i);
}

export function typeOfResult(
  dtype: DType | undefined,
  shape: Shape | undefined,
): readonly (ValueType | undefined)[] {
  return [dtype === undefined ? undefined : tensorType(dtype, shape)];
}

/** The type of operand 0, if it is a tensor. */
export function sameAsFirst(ctx: OpContext): readonly (ValueType | undefined)[] {
  return typeOfResult(ctx.dtype(0), ctx.shape(0));
}

/**
 * Shape of operand 1 as broadcasting sees it. Before opset 7 an attribute `axis` may say where its axes
 * stand among those of operand 0; from there on it is the shape itself.
 */
export function secondShape(ctx: OpContext): Shape | undefined {
  const shape = ctx.shape(1);
  if (shape === undefined || ctx.version >= 7 || ctx.int('broadcast') !== 1) return shape;
  const axis = ctx.int('axis');
  if (axis === undefined) return shape;
  const rank = ctx.rank(0);
  if (rank === undefined) return undefined;
  const after = rank - (axis < 0 ? axis + rank : axis) - shape.length;
  if (after < 0 || after > rank)
    throw ctx.invalid(`axis ${axis} does not fit shapes of rank ${rank} and ${shape.length}`);
  return [...shape, ...new Array<Dim>(after).fill(1)];
}
