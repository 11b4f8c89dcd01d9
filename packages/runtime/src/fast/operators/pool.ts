import { averagePool, maxPool, type PoolView, reduceOperator } from '@refold/ir';
import { imageOf } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { rowsAndColumns, tapArguments } from './geometry.ts';

/** What the kernel computes of a window; the numbers are those of the kernel `pool`. */
const LARGEST = 0;
const MEAN_INSIDE = 1;
const MEAN_OF_ALL = 2;

export const lowerMaxPool: Lowering = (site) => lowerPool(site, LARGEST, maxPool.view(site.op));

export const lowerAveragePool: Lowering = (site) => {
  const view = averagePool.view(site.op);
  return lowerPool(site, view.countIncludePad ? MEAN_OF_ALL : MEAN_INSIDE, view);
};

/** Pools images in blocks of four channels, one or two spatial axes. */
function lowerPool(site: Site, kind: number, view: PoolView): boolean {
  const dims = site.dims(0);
  const outDims = site.resultDims();
  const image = dims && imageOf(dims);
  const out = outDims && imageOf(outDims);
  const { kernelShape, strides, dilations, pads } = view;
  if (!image || !out || !pads || image.n * image.c * image.pixels * out.pixels === 0) return false;
  const [kh, kw] = rowsAndColumns(kernelShape, 1);
  const [sh, sw] = rowsAndColumns(strides, 1);
  const [dh, dw] = rowsAndColumns(dilations, 1);
  const [top, left] = rowsAndColumns(pads.slice(0, kernelShape.length), 0);
  const [bottom, right] = rowsAndColumns(pads.slice(kernelShape.length), 0);
  const taps = tapArguments({ kh, kw, sh, sw, dh, dw, top, left });
  const { n, blocks, h, w, pixels } = image;
  // Windows that lie in padding alone have no mean and no largest element; they are left to the reference.
  if ([top, bottom].some((p) => p >= (kh - 1) * dh + 1) || [left, right].some((p) => p >= (kw - 1) * dw + 1))
    return false;
  const x = site.read(0, 'blocked');
  const y = site.write('blocked');
  const { kernels } = site.memory;
  site.emit('pool', [x, y], () => {
    for (let i = 0; i < n; i += 1) {
      const from = x.at + i * blocks * pixels * 16;
      const to = y.at + i * blocks * out.pixels * 16;
      kernels.pool(...([kind, blocks, h, w, ...taps, bottom, right, out.h, out.w, from, to] as const));
    }
  });
  return true;
}

export const lowerGlobalAveragePool: Lowering = (site) => meanOfPixels(site);

/** ReduceMean over all spatial axes of an image in blocks is a pool as well. */
export function isMeanOfPixels(site: Site): boolean {
  const rank = site.dims(0)?.length;
  if (rank === undefined || rank < 3 || rank > 4 || !site.isBlocked(0)) return false;
  const { axes, keepdims } = reduceOperator('ReduceMean').view(site.op);
  return keepdims && axes?.length === rank - 2 && axes.every((axis, i) => axis === i + 2);
}

export function meanOfPixels(site: Site): boolean {
  const dims = site.dims(0);
  const image = dims && imageOf(dims);
  if (!image || !site.resultDims() || image.n * image.c * image.pixels === 0) return false;
  const x = site.read(0, 'blocked');
  const y = site.write('blocked');
  const { kernels } = site.memory;
  const { n, blocks, pixels } = image;
  site.emit('mean of pixels', [x, y], () => kernels.poolAll(n * blocks, pixels, x.at, y.at));
  return true;
}
