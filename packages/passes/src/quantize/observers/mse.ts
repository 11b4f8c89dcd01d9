import { noiseOf } from '../theta/noise.ts';
import { thetaOf } from '../theta/theta.ts';
import { cheapest, clipsOf } from './clips.ts';
import type { Observer } from './observer.ts';

/** The range with the least mean squared error of rounding and saturation together. */
export const mse: Observer = {
  name: 'mse',
  range: (histogram, format) =>
    cheapest(clipsOf(histogram), (range) => noiseOf(histogram, thetaOf(range, format)).noise),
};
