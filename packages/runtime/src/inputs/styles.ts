import type { DType } from '@refold/ir';
import type { Random } from '../run/random.ts';
import { floatLimits } from './float-limits.ts';

/** Which numbers are drawn. */
export type Style =
  /** Floats with mean 0 and deviation 1; small integers, those of 8 bits from their whole range. */
  | 'normal'
  /** Floats from 0 up to 1. */
  | 'uniform'
  /** Nothing above zero, where the type has numbers below it. */
  | 'negative'
  /** Zeros, of both signs where there are two. */
  | 'zeros'
  /** Floats of all magnitudes around 1, exact halves and neighbours of 1; integers at the ends of their range. */
  | 'boundary'
  /** Floats at the ends of their type, but finite: sums and products of them overflow and vanish. */
  | 'extremes'
  /** NaN, infinities, and numbers that break careless arithmetic. */
  | 'special';

/** All styles, with what they draw. */
export const styles: ReadonlyMap<Style, string> = new Map([
  ['normal', 'normally distributed, mean 0 and deviation 1'],
  ['uniform', 'uniform from 0 to 1'],
  ['negative', 'below zero'],
  ['zeros', '0 and -0'],
  [
    'boundary',
    'all magnitudes from 2^-12 to 2^12, halves, neighbours of 1; integers at the ends of their range',
  ],
  ['extremes', 'the largest and smallest numbers of the type'],
  ['special', 'NaN, infinities and other numbers that break careless arithmetic'],
]);

const special = [
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

/** A float of a style; rounding to the type is left to the caller. */
export function drawFloat(dtype: DType, style: Style, random: Random): number {
  switch (style) {
    case 'normal':
      return random.normal();
    case 'uniform':
      return random.next();
    case 'negative':
      return -Math.abs(random.normal());
    case 'zeros':
      return random.bits() % 2 === 0 ? 0 : -0;
    case 'boundary':
      return signed(boundaryMagnitude(dtype, random), random);
    case 'extremes':
      return signed(extremeMagnitude(dtype, random), random);
    case 'special':
      return pick(special, random);
  }
}

function boundaryMagnitude(dtype: DType, random: Random): number {
  const { unit, max } = floatLimits(dtype);
  switch (random.between(0, 6)) {
    case 0:
      return Math.min(max, random.between(0, 8) + 0.5);
    case 1:
      return pick([0, 1, 1 - unit, 1 + 2 * unit], random);
    default:
      return Math.min(max, 2 ** (24 * random.next() - 12));
  }
}

function extremeMagnitude(dtype: DType, random: Random): number {
  const { unit, max, minNormal, tiny } = floatLimits(dtype);
  return pick([max, max / 2, minNormal, minNormal * (1 - 2 * unit), tiny, 1, 1 + 2 * unit, 0], random);
}

function signed(magnitude: number, random: Random): number {
  return random.bits() % 2 === 0 ? magnitude : -magnitude;
}

function pick(numbers: readonly number[], random: Random): number {
  return numbers[random.between(0, numbers.length)] ?? 0;
}
