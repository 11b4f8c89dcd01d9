import { keepPanels, multiplyPanels } from '../panels.ts';
import type { Site } from '../site.ts';
import type { ConvCall } from './conv.ts';
import { type Filters, filterSource } from './conv-weights.ts';
import type { Geometry } from './geometry.ts';

/**
 * Whether a convolution is one of a row of numbers, such as the windows of a Fourier transform, that never leave it.
 * Blocks of four channels would make its weights four times as large.
 */
export function isSignal({ c, h, w, oh, ow, group, window }: Geometry): boolean {
  const { kw, fullH, fullW, sw, dw, top, left } = window;
  if (c !== 1 || group !== 1 || h * oh * fullH !== 1 || fullW !== kw || dw !== 1) return false;
  return top === 0 && left === 0 && (ow - 1) * sw + kw <= w;
}

/** A product of the windows where they lie in the row, each a stride behind the one before, and weights. */
export function convolveSignal(site: Site, filters: Filters, call: ConvCall): void {
  const { n, o, w, ow, window } = filters.geometry;
  const { kw, sw } = window;
  const { x, y, bias, residual, epilogue } = call;
  const source = filterSource(filters.geometry, 1);
  const weights = keepPanels(site, 1, `signal${epilogue.form}`, source, filters.scale);
  const outputs = Math.ceil(o / 4) * 4;
  const { low, high } = epilogue;
  const { kernels } = site.memory;
  site.emit('conv signal', [x, y, residual], () => {
    const added = residual ? residual.at - y.at : 0;
    for (let i = 0; i < n; i += 1) {
      const out = y.at + i * outputs * ow * 4;
      multiplyPanels(
        ...([kernels, weights.type, ow, outputs, kw, x.at + i * w * 4, sw * 4, 16, weights.at] as const),
        ...([out, 16, ow * 16, bias.at, added, low, high] as const),
      );
    }
  });
}
