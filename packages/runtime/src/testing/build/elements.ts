import { type DType, dtypeBits, dtypeKind, elementCount, isSmallFloat, newElements } from '@refold/ir';
import { floatLimits } from '../../inputs/float-limits.ts';
import type { Random } from '../../run/random.ts';
import { NdArray, type NdData } from '../../tensor/nd-array.ts';
import { fromReals } from '../../tensor/reals.ts';

/**
 * Which elements are drawn: few-digit numbers, normally distributed ones, those at which arithmetic goes
 * wrong (NaN, infinities, -0, subnormal and extreme numbers, boundary integers), or nothing but zeros.
 */
export type ElementStyle = 'plain' | 'normal' | 'adversarial' | 'zeros';

/** What the elements of an operand must be: of a style, of a range (both ends included), or of a list. */
export type Fill =
  | ElementStyle
  | { readonly from: number; readonly to: number }
  | { readonly of: readonly (number | bigint | string)[] };

const words = ['', 'a', 'b', 'Graph', 'fold', 'the end', '42', 'x_1', 'a,b', 'Ångström', '折り紙'];

/** Floats that break careless kernels, for a type with these limits. */
export function adversarialFloats(dtype: DType): readonly number[] {
  const plain = [
    0,
    -0,
    1,
    -1,
    0.5,
    -1.5,
    2,
    3,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
  ];
  // Narrower types are drawn as codes.
  if (dtypeKind(dtype) !== 'float' || dtypeBits(dtype) <= 8) return plain;
  const { max, minNormal, tiny, unit } = floatLimits(dtype);
  const edges = [max, minNormal, minNormal - tiny, tiny, 1 + 2 * unit, 1 - unit, 1 / (2 * unit) + 1];
  return [...plain, ...edges, ...edges.map((x) => -x)];
}

/** Integers at the edges of a type, and small ones. */
export function adversarialIntegers(dtype: DType): readonly bigint[] {
  const bits = BigInt(dtypeBits(dtype));
  const signed = dtypeKind(dtype) === 'signed';
  const low = signed ? -(1n << (bits - 1n)) : 0n;
  const high = signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  const wanted = [0n, 1n, 2n, 3n, -1n, -2n, low, low + 1n, high, high - 1n, high / 2n, 1n << (bits / 2n)];
  if (bits === 64n) wanted.push((1n << 53n) + 1n, (1n << 31n) - 1n, 1n << 32n);
  return [...new Set(wanted.filter((x) => x >= low && x <= high))];
}

/** An array of drawn elements. The same state of `random` gives the same array. */
export function drawElements(dtype: DType, dims: readonly number[], fill: Fill, random: Random): NdArray {
  const count = elementCount(dims);
  if (typeof fill === 'object' && 'of' in fill) return ofList(dtype, dims, fill.of, count, random);
  switch (dtypeKind(dtype)) {
    case 'string': {
      const pool = fill === 'zeros' ? [''] : words;
      return new NdArray(
        dtype,
        dims,
        list(count, () => pool[random.between(0, pool.length)] ?? ''),
      );
    }
    case 'complex': {
      const parts = list(count * 2, () => drawFloat(dtype, fill, random));
      const data = dtype === 'complex64' ? Float32Array.from(parts) : Float64Array.from(parts);
      return new NdArray(dtype, dims, data);
    }
    case 'bool':
      return fromReals(
        dtype,
        dims,
        list(count, () => (fill === 'zeros' ? 0 : random.between(0, 2))),
      );
    case 'float':
      if (fill === 'adversarial' && dtypeBits(dtype) <= 8) return ofCodes(dtype, dims, count, random);
      return fromReals(
        dtype,
        dims,
        list(count, () => drawFloat(dtype, fill, random)),
      );
    default: {
      if (fill === 'adversarial') return ofList(dtype, dims, adversarialIntegers(dtype), count, random);
      return fromReals(
        dtype,
        dims,
        list(count, () => drawInteger(dtype, fill, random)),
      );
    }
  }
}

const list = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);

function drawFloat(dtype: DType, fill: Exclude<Fill, { of: unknown }>, random: Random): number {
  if (typeof fill === 'object') return fill.from + (fill.to - fill.from) * random.next();
  switch (fill) {
    case 'zeros':
      return 0;
    case 'plain':
      return random.between(-8, 9) / 2;
    case 'normal':
      return random.normal();
    default: {
      const pool = adversarialFloats(dtype);
      return random.between(0, 3) === 0 ? random.normal() : (pool[random.between(0, pool.length)] ?? 0);
    }
  }
}

function drawInteger(dtype: DType, fill: Exclude<Fill, { of: unknown }>, random: Random): number {
  if (typeof fill === 'object') return random.between(fill.from, fill.to + 1);
  if (fill === 'zeros') return 0;
  const signed = dtypeKind(dtype) === 'signed';
  const bits = Math.min(dtypeBits(dtype), fill === 'plain' ? 4 : 8);
  return signed ? random.between(-(2 ** (bits - 1)), 2 ** (bits - 1)) : random.between(0, 2 ** bits);
}

function ofList(
  dtype: DType,
  dims: readonly number[],
  pool: readonly (number | bigint | string)[],
  count: number,
  random: Random,
): NdArray {
  const drawn = list(count, () => pool[random.between(0, pool.length)] ?? 0);
  if (dtype === 'string') return new NdArray(dtype, dims, drawn.map(String));
  if (dtype === 'int64') return new NdArray(dtype, dims, BigInt64Array.from(drawn, BigInt));
  if (dtype === 'uint64') return new NdArray(dtype, dims, BigUint64Array.from(drawn, BigInt));
  return fromReals(dtype, dims, drawn.map(Number));
}

/** Every code of a narrow float type is a number or a NaN of it. */
function ofCodes(dtype: DType, dims: readonly number[], count: number, random: Random): NdArray {
  const data: NdData = isSmallFloat(dtype) ? newElements(dtype, count) : new Uint8Array(count);
  for (let i = 0; i < count; i += 1) data[i] = random.between(0, 2 ** dtypeBits(dtype));
  return new NdArray(dtype, dims, data);
}
