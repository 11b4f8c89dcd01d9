import type { ByteReader } from '../../tensor/byte-reader.ts';
import type { FastMemory } from '../memory.ts';
import { panelNumber } from '../panels.ts';
import type { Address } from '../places.ts';
import type { Site } from '../site.ts';
import { stageStretches } from '../staging.ts';
import type { ConvCall } from './conv.ts';
import { type Filters, filterSource } from './conv-weights.ts';
import type { Geometry } from './geometry.ts';

/** Bytes that the transformed tiles of one chunk may take, before and after the products together. */
const CHUNK = 512 * 1024;

/**
 * The tiles to convolve with: 6 (for 4 x 4 results), 4 (for 2 x 2), or 0 where a plain product is cheaper. That depends
 * on the work, in products, and on the bytes of weights, which small images read more slowly than they multiply.
 */
export function tileFor(site: Site, { scale, geometry }: Filters, form: string): 0 | 4 | 6 {
  const { window, group, c, o, n, oh, ow } = geometry;
  const { kh, kw, sh, sw, dh, dw, fullH, fullW } = window;
  if (kh * kw !== 9 || fullH * fullW !== 9 || kh !== 3 || sh * sw * dh * dw !== 1 || group > 1) return 0;
  if (c < 16 || o < 16) return 0;
  // Bytes of a number in panels. Transformed ones are float32 always: in fewer bits they would err too much.
  const plain = panelNumber(site, 1, filterSource(geometry, Math.ceil(c / 4) * 4), scale);
  const direct = n * oh * ow * 9 * c * o + weightCost(9 * c * o);
  const ways = ([4, 6] as const)
    .filter((tile) => tile - 2 <= site.around.options.winograd)
    .map((tile) => {
      const tiles = tilesOf(geometry, tile);
      const squared = tile * tile;
      const products = n * Math.ceil(tiles / 4) * 4 * squared * c * o;
      const cost = products + weightCost(squared * c * o) + n * tiles * squared * (c + o) * TRANSFORM;
      return { tile, cost, bytes: (squared * 4 - 9 * plain) * c * o };
    })
    .filter(({ cost }) => cost < direct)
    .sort((a, b) => a.cost - b.cost);
  // Only what is taken is spent: the cheapest way is asked for first.
  return (
    ways.find(({ tile, bytes }) => site.around.afford(site.key(1), `tile${tile}${form}`, bytes))?.tile ?? 0
  );
}

/** What it costs to transform one number, in products. */
const TRANSFORM = 7;

/** What it costs to read weights once, in products. */
function weightCost(weights: number): number {
  return weights * 5;
}

function tilesOf({ oh, ow }: Geometry, tile: number): number {
  return Math.ceil(oh / (tile - 2)) * Math.ceil(ow / (tile - 2));
}

/**
 * Bytes from one place of transformed tiles to the next: an odd number of lines of the cache, since numbers that a
 * power of two lies between push each other out of it.
 */
function placeStep(vectors: number): number {
  return (Math.ceil(vectors / 4) | 1) * 64;
}

/** A convolution of 3 x 3 in the transformed domain; see the kernels for the forms of what is between. */
export function winograd(site: Site, tile: 4 | 6, filters: Filters, call: ConvCall): void {
  const { geometry } = filters;
  const { n, c, o, h, w, oh, ow, window } = geometry;
  const inputs = Math.ceil(c / 4);
  const outputs = Math.ceil(o / 4);
  const squared = tile * tile;
  const panels = Math.ceil(outputs / 2) * 8 * inputs * 4;
  const weights = keepTransformed(site, filters, tile, panels, call.epilogue.form);
  const tiles = tilesOf(geometry, tile);
  const perTile = squared * (inputs + outputs) * 16;
  const chunk = Math.min(tiles, Math.max(16, Math.floor(CHUNK / perTile) & ~3));
  const inputStep = placeStep(chunk * inputs);
  const outputStep = placeStep(chunk * outputs);
  const before = site.scratch(squared * inputStep);
  const after = site.scratch(squared * outputStep);
  const across = Math.ceil(ow / (tile - 2));
  const { x, y, planes, bias, residual, epilogue } = call;
  const { low, high } = epilogue;
  const { memory } = site;
  const { kernels } = memory;
  const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  site.emit(`conv winograd ${tile - 2}x${tile - 2}`, [x, y, residual, before, after], () => {
    const added = residual ? residual.at - y.at : 0;
    for (let i = 0; i < n; i += 1) {
      const image = x.at + i * inputs * h * w * 16;
      const out = y.at + (i * y.bytes) / n;
      for (let first = 0; first < tiles; first += chunk) {
        const count = Math.min(chunk, tiles - first);
        const step = count * 16;
        kernels.winogradInput(
          ...([tile, inputs, h, w, window.top, window.left, across, first, count] as const),
          ...([image, before.at, inputStep] as const),
        );
        const [a, b, m] = [before.at, weights.at, after.at];
        memory.repeat(
          'gemm',
          squared,
          [count, outputs * 4, inputs * 4, a, 16, step, b, m, 16, step, 0, 0, lowest, highest],
          { a: inputStep, b: panels * 4, c: outputStep },
        );
        kernels.winogradOutput(
          ...([tile, o, planes, oh, ow, across, first, count] as const),
          ...([after.at, outputStep, bias.at, added, out, low, high] as const),
        );
      }
    }
  });
}

/** Transformed filters, which stay. */
function keepTransformed(
  site: Site,
  { scale, geometry }: Filters,
  tile: number,
  panels: number,
  form: string,
): Address {
  const { c, o } = geometry;
  const { memory } = site;
  const factors = scale ?? new Float64Array(o).fill(1);
  const bytes = tile * tile * panels * 4;
  const at = memory.keep(site.key(1), `tile${tile}${form}`, bytes, (to) => {
    packTransformed(memory, site.floatBytes(1), tile, c, factors, panels, to);
  });
  return { at };
}

/**
 * Transforms filters [o, c, 3, 3], each times a factor, in place of zeros: [t²][o / 8][channels][8], with `panels`
 * numbers in each of the t².
 */
export function packTransformed(
  memory: FastMemory,
  read: ByteReader,
  tile: number,
  c: number,
  factors: Float64Array,
  panels: number,
  to: number,
): void {
  const channels = Math.ceil(c / 4) * 4;
  const stretch = { read, begin: 0, count: factors.length, distance: c * 36, multiple: 8 };
  stageStretches(memory, stretch, factors, (first, some, from, table) => {
    const panel = to + first * channels * 4;
    memory.kernels.winogradFilters(tile, some, c, channels, from, table + first * 8, panel, panels * 4);
  });
}
