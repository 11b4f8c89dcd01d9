import { type Epilogue, finish, takeEpilogue } from '../epilogue.ts';
import { keepPanels, multiplyPanels } from '../panels.ts';
import type { Address, Layout, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { type Filters, filterSource, keepBias, packDepthwise } from './conv-weights.ts';
import { geometryOf, tapArguments } from './geometry.ts';
import { convolveSignal, isSignal } from './signal-conv.ts';
import { tileFor, winograd } from './winograd.ts';

/** Bytes of windows that are gathered at a time: they stay in the second-level cache, next to the weights' panels. */
const GATHERED = 256 * 1024;

/** Windows that are gathered at the least, so that each panel of weights is used more than once. */
const MIN_WINDOWS = 32;

/** Conv on images in blocks of four channels, with constant weights. */
export const lowerConv: Lowering = (site) => {
  const geometry = geometryOf(site);
  if (!geometry || !site.isKnown(1) || (site.value(2) && !site.isKnown(2))) return false;
  const { c, o, group, n, oh, ow, h, w } = geometry;
  const { fullH, fullW } = geometry.window;
  if (o * fullH * fullW * n * c * h * w * oh * ow === 0) return false;
  const isDepthwise = group === c && group === o;
  if (!isDepthwise && group > 1 && ((c / group) % 4 !== 0 || (o / group) % 4 !== 0)) return false;
  const epilogue = takeEpilogue(site, 'second', o);
  const filters: Filters = { scale: epilogue.scale, geometry };
  if (isDepthwise && group > 1) depthwise(site, filters, epilogue);
  else dense(site, filters, epilogue);
  return true;
};

/** What the kernels for images need besides the geometry. */
export interface ConvCall {
  readonly x: Place | Address;
  readonly y: Place;
  /** Whether `y` is row-major, not in blocks of channels. */
  readonly planes: boolean;
  readonly bias: Address;
  /** What is added to the result, in the same form. */
  readonly residual: Place | Address | undefined;
  readonly epilogue: Epilogue;
}

function callOf(
  site: Site,
  epilogue: Epilogue,
  channels: number,
  planes = false,
  layout: Layout = 'blocked',
): ConvCall {
  const x = site.read(0, layout);
  const residual = epilogue.residual && site.readValue(epilogue.residual, 'blocked');
  const bias = keepBias(site, epilogue, channels, Math.ceil(channels / 8) * 8);
  return { x, residual, bias, epilogue, planes, y: site.write(planes ? 'plain' : 'blocked') };
}

function dense(site: Site, filters: Filters, epilogue: Epilogue): void {
  const { geometry } = filters;
  if (isSignal(geometry)) {
    const call = callOf(site, epilogue, geometry.o, false, 'plain');
    convolveSignal(site, filters, call);
    finish(site, epilogue, call.y);
    return;
  }
  const tile = tileFor(site, filters, epilogue.form);
  // What no step reads leaves the graph, row-major; tiles that come back from Winograd's way go there at once.
  const leaves = site.result && site.around.readers(site.result).length === 0;
  const call = callOf(site, epilogue, geometry.o, tile !== 0 && leaves && !epilogue.residual);
  if (tile !== 0) winograd(site, tile, filters, call);
  else product(site, filters, call);
  finish(site, epilogue, call.y);
}

/** As a product of windows and weights. Windows of one element need not be gathered. */
function product(site: Site, filters: Filters, call: ConvCall): void {
  const { geometry } = filters;
  const { n, c, o, h, w, oh, ow, group, window } = geometry;
  const { kh, kw, sh, sw, top, left } = window;
  const taps = tapArguments(window);
  const channels = group === 1 ? Math.ceil(c / 4) * 4 : c / group;
  const outputs = group === 1 ? Math.ceil(o / 4) * 4 : o / group;
  const depth = kh * kw * channels;
  const form = `panels${group}:${kh}x${kw}+${window.firstY},${window.firstX}${call.epilogue.form}`;
  const source = filterSource(geometry, channels);
  const weights = keepPanels(site, 1, form, source, filters.scale);
  const size = h * w;
  const positions = oh * ow;
  const pointwise = kh * kw === 1 && sh === 1 && sw === 1 && top === 0 && left === 0 && positions === size;
  const chunk = pointwise
    ? positions
    : Math.min(positions, Math.max(MIN_WINDOWS, Math.floor(GATHERED / (depth * 4)) & ~3));
  const windows = pointwise ? undefined : site.scratch(chunk * depth * 4);
  const { x, y, bias, residual, epilogue } = call;
  const { low, high } = epilogue;
  const { kernels } = site.memory;
  const name = pointwise ? 'conv 1x1' : group > 1 ? 'conv groups' : 'conv';
  site.emit(name, [x, y, residual, windows], () => {
    const added = residual ? residual.at - y.at : 0;
    for (let i = 0; i < n; i += 1) {
      for (let g = 0; g < group; g += 1) {
        const image = x.at + (i * group + g) * channels * size * 4;
        const out = y.at + (i * group + g) * outputs * positions * 4;
        const b = weights.at + g * weights.bytes;
        const shift = bias.at + g * outputs * 4;
        for (let p = 0; p < positions; p += chunk) {
          const count = Math.min(chunk, positions - p);
          let a = image;
          if (windows) {
            a = windows.at;
            kernels.gatherWindows(
              ...([channels / 4, h, w, ...taps, ow, p, count, image, a, count * 16] as const),
            );
          }
          multiplyPanels(
            ...([kernels, weights.type, count, outputs, depth, a, 16, count * 16, b] as const),
            ...([out + p * 16, 16, positions * 16, shift, added, low, high] as const),
          );
        }
      }
    }
  });
}

function depthwise(site: Site, filters: Filters, epilogue: Epilogue): void {
  const { geometry } = filters;
  const { n, c, h, w, oh, ow, window } = geometry;
  const { kh, kw } = window;
  const taps = tapArguments(window);
  const blocks = Math.ceil(c / 4);
  const { x, y, residual, bias } = callOf(site, epilogue, c);
  const form = `depthwise${kh}x${kw}+${window.firstY},${window.firstX}${epilogue.form}`;
  const weights = site.keep(site.key(1), form, blocks * kh * kw * 4, (floats) =>
    packDepthwise(filters, site.floats(1) ?? new Float32Array(), floats),
  );
  const { kernels } = site.memory;
  // A residual is added afterwards, so bounds wait for it.
  const [low, high] = residual
    ? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    : [epilogue.low, epilogue.high];
  site.emit('conv depthwise', [x, y], () => {
    for (let i = 0; i < n; i += 1) {
      const from = x.at + i * blocks * h * w * 16;
      const to = y.at + i * blocks * oh * ow * 16;
      kernels.depthwise(
        ...([blocks, h, w, ...taps, oh, ow, from, weights.at, bias.at, to, low, high] as const),
      );
    }
  });
  if (residual) {
    const count = y.bytes / 4;
    site.emit('add', [y, residual], () => {
      kernels.binary(0, 1, count, y.at, 0, false, residual.at, 0, false, y.at, epilogue.low, epilogue.high);
    });
  }
  finish(site, epilogue, y);
}
