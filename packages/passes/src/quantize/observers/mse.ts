import { clipsMore, noiseOf } from '../theta/noise.ts';
import { thetaOf } from '../theta/theta.ts';
import { cheapest, clipsOf } from './clips.ts';
import type { Observer } from './observer.ts';

/** The range with the least mean squared error of rounding and saturation together. */
export const mse: Observer = {
  name: 'mse',
  range: (histogram, format) =>
    cheapest(clipsOf(histogram), (range, least) => {
      const theta = thetaOf(range, format);
      // Most ranges cut too much by far.
      return clipsMore(histogram, theta, least) ? Number.POSITIVE_INFINITY : noiseOf(histogram, theta).noise;
    }),
};
