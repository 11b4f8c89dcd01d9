import type { Reals } from '../../tensor/reals.ts';

/**
 * Multilinear interpolation of one channel at fractional coordinates; places outside count as zero.
 * `corners` is the number of surrounding places, 2 to the power of the rank.
 */
export function sample(
  data: Reals,
  channel: number,
  image: readonly number[],
  strides: readonly number[],
  at: Float64Array,
  corners: number,
): number {
  let sum = 0;
  for (let corner = 0; corner < corners; corner += 1) {
    let weight = 1;
    let place = channel;
    for (let axis = 0; axis < image.length; axis += 1) {
      const x = at[axis] as number;
      const low = Math.floor(x);
      const upper = (corner >> axis) & 1;
      const i = low + upper;
      weight *= upper === 1 ? x - low : 1 - (x - low);
      // The test is written so that NaN lies outside, too.
      if (!(i >= 0 && i < (image[axis] as number))) weight = 0;
      if (weight === 0) break;
      place += i * (strides[axis] as number);
    }
    if (weight !== 0) sum += weight * (data[place] as number);
  }
  return sum;
}
