import { type DType, dtypeBits, dtypeKind, elementCount, isFloat } from '@refold/ir';
import type { Random } from '../run/random.ts';
import { NdArray } from '../tensor/nd-array.ts';
import { fromReals } from '../tensor/reals.ts';

/** Which numbers are drawn: ordinary ones, those that break careless arithmetic, or nothing but zeros. */
export type Style = 'normal' | 'special' | 'zeros';

/** Integers from `low` up to, but without, `high`. */
export interface Span {
  readonly low: number;
  readonly high: number;
}

const words = ['', 'a', 'Graph', 'fold', 'the end', '42', 'x_1', 'Ångström', '折り紙'];

const specialFloats = [
  0,
  -0,
  1,
  -1,
  0.5,
  -3.5,
  1e-40,
  -1e-40,
  65504,
  1e30,
  -1e30,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

/**
 * A tensor of drawn elements: floats with mean 0 and deviation 1; 8-bit integers from their whole range,
 * other integers from 0 to 7, or both from `span` where one is given; words; truth values.
 */
export function drawTensor(
  dtype: DType,
  dims: readonly number[],
  random: Random,
  style: Style = 'normal',
  span?: Span,
): NdArray {
  const count = elementCount(dims);
  const draw = <T>(one: () => T, n: number = count): T[] => Array.from({ length: n }, one);
  switch (dtypeKind(dtype)) {
    case 'string':
      return new NdArray(
        dtype,
        dims,
        draw(() => words[random.between(0, words.length)] ?? ''),
      );
    case 'complex': {
      const parts = draw(() => drawFloat(random, style), count * 2);
      return new NdArray(
        dtype,
        dims,
        dtype === 'complex64' ? Float32Array.from(parts) : Float64Array.from(parts),
      );
    }
    case 'float':
      return fromReals(
        dtype,
        dims,
        draw(() => drawFloat(random, style)),
      );
    case 'bool':
      return fromReals(
        dtype,
        dims,
        draw(() => (style === 'zeros' ? 0 : random.between(0, 2))),
      );
    default: {
      const { low, high } = style === 'zeros' ? { low: 0, high: 1 } : (span ?? usualSpan(dtype));
      return fromReals(
        dtype,
        dims,
        draw(() => random.between(low, high)),
      );
    }
  }
}

function drawFloat(random: Random, style: Style): number {
  if (style === 'zeros') return 0;
  return style === 'special'
    ? (specialFloats[random.between(0, specialFloats.length)] ?? 0)
    : random.normal();
}

function usualSpan(dtype: DType): Span {
  const bits = dtypeBits(dtype);
  if (isFloat(dtype) || bits > 8) return { low: 0, high: 8 };
  return dtypeKind(dtype) === 'signed'
    ? { low: -(2 ** (bits - 1)), high: 2 ** (bits - 1) }
    : { low: 0, high: 2 ** bits };
}
