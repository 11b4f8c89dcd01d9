import { constantTensor, isFloat, type Node, type Shape, tensorFloats, type Value } from '@refold/ir';
import { constantFloats, dtypeOf, shapeOf } from '../support/constants.ts';
import { viewFlag, viewNumber } from '../support/view.ts';

/**
 * y = x * scale + shift with one scale and one shift a channel. Each list has one element a channel, or one
 * for all of them.
 */
export interface Affine {
  readonly x: Value;
  readonly scale: ArrayLike<number>;
  readonly shift: ArrayLike<number>;
}

const one: ArrayLike<number> = [1];
const zero: ArrayLike<number> = [0];

/** Element `c` of a list with one element a channel, or one for all. */
export function at(list: ArrayLike<number>, c: number): number {
  return (list.length === 1 ? list[0] : list[c]) ?? Number.NaN;
}

/**
 * A node as an affine function of one operand, channel by channel along axis `axis` of it. BatchNormalization
 * in inference has its channels on axis 1; Add, Sub, Mul and Div take part with a constant that varies along
 * that axis only and does not change the shape. Undefined when the node is none, or not provably so.
 */
export function affineOf(node: Node, axis: (rank: number) => number): Affine | undefined {
  if (node.domain !== '' || node.graph?.model.functionOf(node)) return undefined;
  if (node.opType === 'BatchNormalization') {
    const rank = shapeOf(node.inputs[0])?.length;
    return rank !== undefined && axis(rank) === 1 ? batchNormalization(node) : undefined;
  }
  return arithmetic(node, axis);
}

function batchNormalization(node: Node): Affine | undefined {
  const [x, s, b, m, v] = node.inputs;
  if (viewFlag(node, 'trainingMode') !== false || viewFlag(node, 'spatial') === false) return undefined;
  const epsilon = viewNumber(node, 'epsilon');
  const [scale, shift, mean, variance] = [s, b, m, v].map(vector);
  if (!x || epsilon === undefined || !scale || !shift || !mean || !variance) return undefined;
  for (let i = 1; i < node.outputs.length; i += 1) if (node.outputs[i]?.useCount) return undefined;
  const k = new Float64Array(scale.length);
  const t = new Float64Array(scale.length);
  for (let c = 0; c < k.length; c += 1) {
    const factor = at(scale, c) / Math.sqrt(at(variance, c) + epsilon);
    k[c] = factor;
    t[c] = at(shift, c) - at(mean, c) * factor;
  }
  return { x, scale: k, shift: t };
}

/** The elements of a constant of rank 1. */
function vector(value: Value | undefined): Float64Array | undefined {
  return shapeOf(value)?.length === 1 ? constantFloats(value) : undefined;
}

function arithmetic(node: Node, axis: (rank: number) => number): Affine | undefined {
  if (!['Add', 'Sub', 'Mul', 'Div'].includes(node.opType)) return undefined;
  for (const side of [1, 0]) {
    const constant = node.inputs[side];
    const x = node.inputs[1 - side];
    if (!constant || !x || x === constant || constantTensor(x)) continue;
    const k = alongChannel(constant, x, axis);
    if (!k) continue;
    const affine = arithmeticOf(node.opType, side === 1, k);
    return affine && { x, ...affine };
  }
  return undefined;
}

function arithmeticOf(
  opType: string,
  constantIsSecond: boolean,
  k: Float64Array,
): Omit<Affine, 'x'> | undefined {
  switch (opType) {
    case 'Add':
      return { scale: one, shift: k };
    case 'Sub':
      return constantIsSecond ? { scale: one, shift: k.map((v) => -v) } : { scale: [-1], shift: k };
    case 'Mul':
      return { scale: k, shift: zero };
    case 'Div':
      return constantIsSecond ? { scale: k.map((v) => 1 / v), shift: zero } : undefined;
    default:
      return undefined;
  }
}

/**
 * The elements of a constant float operand, one a channel of `x` or one for all, when it varies along the
 * channel axis at most and `x` keeps its shape under it.
 */
function alongChannel(constant: Value, x: Value, axis: (rank: number) => number): Float64Array | undefined {
  const tensor = constantTensor(constant);
  const shape = shapeOf(x);
  const dtype = dtypeOf(x);
  if (!tensor || !shape || !dtype || !isFloat(dtype) || tensor.rank > shape.length) return undefined;
  const channel = axis(shape.length);
  if (!variesOnlyAlong(tensor.dims, shape, channel)) return undefined;
  return tensorFloats(tensor);
}

function variesOnlyAlong(dims: readonly number[], shape: Shape, channel: number): boolean {
  return dims.every((d, i) => {
    const axis = i + shape.length - dims.length;
    return d === 1 || (axis === channel && d === shape[axis]);
  });
}
