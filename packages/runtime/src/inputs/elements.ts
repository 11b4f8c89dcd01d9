import { type DType, dtypeBits, dtypeKind, elementCount } from '@refold/ir';
import type { Random } from '../run/random.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { bigints, fromReals } from '../tensor/reals.ts';
import { integerLimits } from './float-limits.ts';
import { drawFloat, type Style } from './styles.ts';

/** Integers from `low` up to, but without, `high`. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

const words = ['', 'a', 'Graph', 'fold', 'the end', '42', 'x_1', 'Ångström', '折り紙'];

/**
 * A tensor of drawn elements: floats as the style says; 8-bit integers from their whole range, other integers
 * from 0 to 7, or both from `span` where one is given, at the ends of either in the styles `boundary` and
 * `extremes`; words; truth values.
 */
export function drawTensor(
  dtype: DType,
  dims: readonly number[],
  random: Random,
  style: Style = 'normal',
  span?: Span,
): NdArray {
  const count = elementCount(dims);
  switch (dtypeKind(dtype)) {
    case 'string':
      return new NdArray(
        dtype,
        dims,
        Array.from({ length: count }, () => words[random.between(0, words.length)] ?? ''),
      );
    case 'complex': {
      const parts = drawn(count * 2, () => drawFloat(dtype, style, random));
      return new NdArray(dtype, dims, dtype === 'complex64' ? Float32Array.from(parts) : parts);
    }
    case 'float':
      return fromReals(
        dtype,
        dims,
        drawn(count, () => drawFloat(dtype, style, random)),
      );
    case 'bool':
      return fromReals(
        dtype,
        dims,
        drawn(count, () => (style === 'zeros' ? 0 : random.between(0, 2))),
      );
    default:
      return drawIntegers(dtype, dims, random, style, span);
  }
}

function drawn(count: number, one: () => number): Float64Array {
  const out = new Float64Array(count);
  for (let i = 0; i < count; i += 1) out[i] = one();
  return out;
}

function drawIntegers(
  dtype: DType,
  dims: readonly number[],
  random: Random,
  style: Style,
  span: Span | undefined,
): NdArray {
  const count = elementCount(dims);
  if (style === 'zeros') return fromReals(dtype, dims, new Float64Array(count));
  if (style === 'boundary' || style === 'extremes') {
    return span ? atEnds(dtype, dims, random, span) : atLimits(dtype, dims, random);
  }
  const { low, high } = span ?? (style === 'negative' ? belowZero(dtype) : usualSpan(dtype));
  return fromReals(
    dtype,
    dims,
    drawn(count, () => random.between(low, high)),
  );
}

/** The least and the greatest integer of a span, and now and then one between. */
function atEnds(dtype: DType, dims: readonly number[], random: Random, { low, high }: Span): NdArray {
  return fromReals(
    dtype,
    dims,
    drawn(elementCount(dims), () => {
      const end = random.between(0, 3);
      return end === 2 ? random.between(low, high) : end === 1 ? Math.max(low, high - 1) : low;
    }),
  );
}

/** The ends of a type, their neighbours, and the integers around zero; exact for 64 bits, too. */
function atLimits(dtype: DType, dims: readonly number[], random: Random): NdArray {
  const { low, high } = integerLimits(dtype);
  const bits = dtypeBits(dtype);
  const array = fromReals(dtype, dims, new Float64Array(elementCount(dims)));
  if (bits < 64) {
    const ends = [low, low + 1, -1, 0, 1, high - 1, high].filter((x) => x >= low && x <= high);
    return fromReals(
      dtype,
      dims,
      drawn(array.size, () => ends[random.between(0, ends.length)] ?? 0),
    );
  }
  const data = bigints(array);
  const least = dtypeKind(dtype) === 'signed' ? -(2n ** 63n) : 0n;
  const ends = [least, least + 1n, 0n, 1n, least + 2n ** 64n - 2n, least + 2n ** 64n - 1n];
  for (let i = 0; i < data.length; i += 1) data[i] = ends[random.between(0, ends.length)] ?? 0n;
  return array;
}

function belowZero(dtype: DType): Span {
  if (dtypeKind(dtype) !== 'signed') return usualSpan(dtype);
  return { low: Math.max(integerLimits(dtype).low, dtypeBits(dtype) > 8 ? -8 : -128), high: 0 };
}

function usualSpan(dtype: DType): Span {
  const { low, high } = integerLimits(dtype);
  return dtypeBits(dtype) > 8 ? { low: 0, high: 8 } : { low, high: high + 1 };
}
