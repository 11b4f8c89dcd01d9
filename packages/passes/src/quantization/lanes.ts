import { type Tensor, tensorFloats, type Value } from '@refold/ir';
import { computedConstant } from '../support/computed-constant.ts';

/** Numbers of a constant operand: one for all elements of the data, or one for each index of an axis. */
export interface Lanes {
  readonly values: Float64Array;
  /** The axis, counted from behind: 1 is the last one. Undefined for one number. */
  readonly axis: number | undefined;
  /** Dimensions of the operand. */
  readonly rank: number;
}

/** The numbers of an operand; undefined when it is no float32 constant, or differs along several axes. */
export function lanesOf(value: Value | undefined): Lanes | undefined {
  const tensor = value && computedConstant(value);
  if (tensor?.dtype !== 'float32' || tensor.size === 0) return undefined;
  const axes = tensor.dims.flatMap((d, i) => (d === 1 ? [] : [i]));
  const values = tensorFloats(tensor);
  if (values.every((x) => Object.is(x, values[0]))) return splat(values, tensor);
  const [axis] = axes;
  if (axes.length !== 1 || axis === undefined) return undefined;
  return { values, axis: tensor.rank - axis, rank: tensor.rank };
}

function splat(values: Float64Array, { rank }: Tensor): Lanes {
  return { values: values.slice(0, 1), axis: undefined, rank };
}

export function oneNumber(x: number): Lanes {
  return { values: Float64Array.of(x), axis: undefined, rank: 0 };
}

/** The number that applies to an index of the axis. */
export function laneAt({ values }: Lanes, index: number): number {
  return values[values.length === 1 ? 0 : index] ?? Number.NaN;
}
