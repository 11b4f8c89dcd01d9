import { roundHalfEven } from '../../support/round-half-even.ts';
import { type Range, widthOf } from '../statistics/range.ts';
import { bitsOf, codesOf, type Format, middleOf } from './format.ts';

/** All that turns the codes of a tensor into numbers: x = (code - zeroPoint) * scale. */
export interface Theta {
  readonly format: Format;
  /** A positive normal float32. */
  readonly scale: number;
  readonly zeroPoint: number;
}

const SMALLEST_NORMAL = 2 ** -126;

/**
 * Scale and zero point that cover a range. The scale is the float32 nearest to the exact one, or a power of two
 * above it; a range without width, or so small that its scale were subnormal, has scale 1. Near the largest
 * float32 the scale stays so small that all codes stand for finite numbers.
 */
export function thetaOf(range: Range, format: Format): Theta {
  const { min, max } = { min: Math.min(0, range.min), max: Math.max(0, range.max) };
  const exact = format.symmetric
    ? Math.max(-min, max) / (codesOf(format)[1] - middleOf(format.dtype))
    : widthOf({ min, max }) / codeSpan(format);
  const scale = usable(format.powerOfTwo ? powerAbove(exact) : Math.fround(exact), format);
  return {
    format,
    scale,
    zeroPoint: format.symmetric ? middleOf(format.dtype) : zeroPointOf(min, scale, format),
  };
}

function usable(scale: number, format: Format): number {
  return scale >= SMALLEST_NORMAL ? Math.min(scale, 2 ** (128 - bitsOf(format.dtype))) : 1;
}

function zeroPointOf(min: number, scale: number, format: Format): number {
  const [low, high] = codesOf(format);
  return Math.min(high, Math.max(low, roundHalfEven(low - min / scale)));
}

/** Steps between the least and the largest code. */
export function codeSpan(format: Format): number {
  const [low, high] = codesOf(format);
  return high - low;
}

/** The least power of two that is not below a positive number. */
export function powerAbove(x: number): number {
  if (!(x > 0)) return 0;
  const power = 2 ** Math.ceil(Math.log2(x));
  // The logarithm is rounded: near a power of two it may be off by one step.
  if (power / 2 >= x) return power / 2;
  return power >= x ? power : power * 2;
}

/** The numbers that the least and the largest code stand for. */
export function rangeOfTheta({ format, scale, zeroPoint }: Theta): Range {
  const [low, high] = codesOf(format);
  return { min: (low - zeroPoint) * scale, max: (high - zeroPoint) * scale };
}

/** The code of a number as `QuantizeLinear` gives it: float32 division, ties to even, saturation; NaN is the least. */
export function codeOf(x: number, { format, scale, zeroPoint }: Theta): number {
  const [low, high] = codesOf(format);
  const code = roundHalfEven(Math.fround(Math.fround(x) / scale)) + zeroPoint;
  return code >= low ? Math.min(code, high) : low;
}

/** The number that a code stands for as `DequantizeLinear` gives it. */
export function numberOf(code: number, { scale, zeroPoint }: Theta): number {
  return Math.fround((code - zeroPoint) * scale);
}

/** Whether two say the same about codes. */
export function sameTheta(a: Theta, b: Theta): boolean {
  return a.format.dtype === b.format.dtype && a.scale === b.scale && a.zeroPoint === b.zeroPoint;
}
