import { dequantizeLinear, type Node, type OpContext } from '@refold/ir';
import type { ByteReader } from '../tensor/byte-reader.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { reals } from '../tensor/reals.ts';
import { dimsOf, type Fact } from './facts.ts';
import type { ScaledCodes } from './scaled-codes.ts';

/** The codes that a node makes numbers of, which inference says to be float32: constant weights of 8 bits. */
export function scaledCodes(
  node: Node,
  op: OpContext,
  operands: readonly (Fact | undefined)[],
): ScaledCodes | undefined {
  const [first, second] = operands;
  if (node.is('DequantizeLinear')) return dequantized(op, operands);
  if (node.is('Cast')) return codesAlone(first);
  if (!node.is('Mul')) return undefined;
  return timesScale(first, second) ?? timesScale(second, first);
}

function codesAlone(fact: Fact | undefined): ScaledCodes | undefined {
  const dtype = fact?.type?.kind === 'tensor' ? fact.type.dtype : undefined;
  if (fact?.kind !== 'known' || !fact.fixed || (dtype !== 'int8' && dtype !== 'uint8')) return undefined;
  const bytes = (): ByteReader => fact.bytes();
  return { signed: dtype === 'int8', bytes, scale: [1], zero: [0], stride: 0 };
}

function dequantized(
  op: OpContext,
  [codes, scale, zero]: readonly (Fact | undefined)[],
): ScaledCodes | undefined {
  const { granularity, axis } = dequantizeLinear.view(op);
  const plain = codesAlone(codes);
  const dims = dimsOf(codes);
  const scales = floatsOf(scale);
  const zeros = zero ? valuesOf(zero) : scales && new Float64Array(scales.length);
  if (!plain || !dims || !scales || zeros?.length !== scales.length) return undefined;
  if (granularity === 'tensor') return { ...plain, scale: scales, zero: zeros };
  if (granularity !== 'axis' || axis === undefined || scales.length !== dims[axis]) return undefined;
  return { ...plain, scale: scales, zero: zeros, stride: strideOf(dims, axis) };
}

/** Codes as numbers, times scales that differ along one axis at the most. */
function timesScale(numbers: Fact | undefined, scale: Fact | undefined): ScaledCodes | undefined {
  const codes = numbers?.kind === 'known' ? numbers.codes : undefined;
  const [dims, scaleDims] = [dimsOf(numbers), dimsOf(scale)];
  const scales = floatsOf(scale);
  if (codes?.stride !== 0 || codes.scale[0] !== 1) return undefined;
  if (!dims || !scaleDims || !scales || scaleDims.length > dims.length) return undefined;
  const shift = dims.length - scaleDims.length;
  const axes = scaleDims.flatMap((size, i) => (size === 1 ? [] : [i + shift]));
  const [axis = 0] = axes;
  if (axes.length > 1 || (axes.length === 1 && scales.length !== dims[axis])) return undefined;
  const zero = new Float64Array(scales.length).fill(codes.zero[0] ?? 0);
  return { ...codes, scale: scales, zero, stride: scales.length === 1 ? 0 : strideOf(dims, axis) };
}

function strideOf(dims: readonly number[], axis: number): number {
  return dims.slice(axis + 1).reduce((a, b) => a * b, 1);
}

/** The elements of a constant of float32. */
function floatsOf(fact: Fact | undefined): ArrayLike<number> | undefined {
  return fact?.type?.kind === 'tensor' && fact.type.dtype === 'float32' ? valuesOf(fact) : undefined;
}

function valuesOf(fact: Fact): ArrayLike<number> | undefined {
  const value = fact.kind === 'known' && fact.fixed ? fact.value() : undefined;
  return value instanceof NdArray ? reals(value) : undefined;
}
