import { blackmanWindow, hammingWindow, hannWindow, type Operator, type WindowView } from '@refold/ir';
import type { Kernel } from '../kernel.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

export const hannWindowKernel: Kernel = windowKernel('HannWindow', hannWindow, [0.5, -0.5, 0]);
export const hammingWindowKernel: Kernel = windowKernel('HammingWindow', hammingWindow, [
  25 / 46,
  -21 / 46,
  0,
]);
export const blackmanWindowKernel: Kernel = windowKernel(
  'BlackmanWindow',
  blackmanWindow,
  [0.42, -0.5, 0.08],
);

/** A sum of a constant and two cosines. */
function windowKernel(
  name: string,
  operator: Operator<WindowView>,
  [a, b, c]: readonly [number, number, number],
): Kernel {
  return {
    name,
    run(_inputs, ctx) {
      const view = operator.view(ctx.op);
      const out = realResult(ctx, view.dtype, resultDims(ctx, operator, view));
      const size = out.values.length;
      // A symmetric window of one sample is all peak, as a periodic one is all start.
      const period = view.periodic ? size : Math.max(1, size - 1);
      const shift = !view.periodic && size === 1 ? Math.PI : 0;
      for (let n = 0; n < size; n += 1) {
        const angle = (2 * Math.PI * n) / period + shift;
        out.values[n] = a + b * Math.cos(angle) + c * Math.cos(2 * angle);
      }
      return [out.done()];
    },
  };
}
