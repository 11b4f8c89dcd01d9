import type { Epilogue } from '../epilogue.ts';
import type { PanelSource } from '../pack-panels.ts';
import type { Address } from '../places.ts';
import type { Site } from '../site.ts';
import type { Geometry } from './geometry.ts';

/** The weights of a convolution, [o, c / group, kh, kw], and the factors of an epilogue to fold into them. */
export interface Filters {
  readonly scale: Float64Array | undefined;
  readonly geometry: Geometry;
}

/** Place of the weights of a channel pair in `data`, at the first tap that is used. */
function firstTap({ geometry }: Filters, o: number, ci: number): number {
  const { c, group, window } = geometry;
  return ((o * (c / group) + ci) * window.fullH + window.firstY) * window.fullW + window.firstX;
}

/** The columns of each group, for inputs of so many channels, which may be more than the filters have. */
export function filterSource({ window, group, c, o }: Geometry, channels: number): PanelSource {
  const { kh, kw, firstY, firstX, fullH, fullW } = window;
  const inputs = c / group;
  const input = fullH * fullW;
  const used = { kh, kw, line: fullW, tap: firstY * fullW + firstX };
  return {
    groups: group,
    columns: o / group,
    column: inputs * input,
    inputs,
    input,
    channels,
    begin: 0,
    ...used,
  };
}

/** One filter a channel: [c / 4][kh][kw][4]. */
export function packDepthwise(filters: Filters, data: Float32Array, packed: Float32Array): void {
  const { scale, geometry } = filters;
  const { kh, kw, fullW } = geometry.window;
  for (let c = 0; c < geometry.o; c += 1) {
    const from = firstTap(filters, c, 0);
    const to = (c >> 2) * kh * kw * 4 + (c & 3);
    const factor = scale?.[c] ?? 1;
    for (let y = 0; y < kh; y += 1) {
      for (let x = 0; x < kw; x += 1) {
        packed[to + (y * kw + x) * 4] = (data[from + y * fullW + x] as number) * factor;
      }
    }
  }
}

/**
 * One number for each output channel: the bias with the epilogue's factor and summand, filled up to `padded`. None is
 * -0, so that no sum is.
 */
export function keepBias(site: Site, epilogue: Epilogue, channels: number, padded: number): Address {
  const bias = site.value(2) && site.floats(2);
  const { scale, shift, form } = epilogue;
  const key = bias ? site.key(2) : site.key(1);
  return site.keep(key, `bias${padded}${form}`, padded, (floats) => {
    for (let o = 0; o < channels; o += 1)
      floats[o] = 0 + (bias?.[o] ?? 0) * (scale?.[o] ?? 1) + (shift?.[o] ?? 0);
  });
}
