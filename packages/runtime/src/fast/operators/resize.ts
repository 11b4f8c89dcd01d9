import { elementCount, type Operator, type ResizeView, resize, upsample } from '@refold/ir';
import { axisTaps, type ResizedAxis, type Taps } from '../../kernels/image/axis-taps.ts';
import { isIdentity, resizedAxes } from '../../kernels/image/resized-axes.ts';
import { type Address, bytesIn, imageOf, type Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';

export const lowerResize: Lowering = (site) => lower(site, resize);
export const lowerUpsample: Lowering = (site) => lower(site, upsample);

/** Resizes images in blocks of four channels along their pixels, one axis after the other. */
function lower(site: Site, operator: Operator<ResizeView>): boolean {
  const view = operator.view(site.op);
  const dims = site.dims(0);
  const outDims = site.resultDims();
  if (!dims || !outDims || !imageOf(dims) || elementCount(dims) * elementCount(outDims) === 0) return false;
  if (view.coordinates === 'tf_crop_and_resize' || (!view.scales && !view.sizes)) return false;
  const axes = resizedAxes(site.op, view, dims, outDims).filter((a) => !isIdentity(view, a));
  if (axes.length === 0 || axes.some((a) => a.axis < 2 || tapsOf(view, a) > MAX_TAPS)) return false;
  let from: Place | Address = site.read(0, 'blocked');
  let size = dims;
  for (const [i, axis] of axes.entries()) {
    const taps = axisTaps(view, axis, (count) => new Float64Array(count));
    const next = size.map((d, j) => (j === axis.axis ? axis.to : d));
    const to = i === axes.length - 1 ? site.write('blocked') : site.scratch(bytesIn('blocked', next));
    alongAxis(site, view, axis, taps, size, from, to);
    [from, size] = [to, next];
  }
  return true;
}

/** Weights of an axis, beyond which the reference kernel computes them as it goes, within the limits of its memory. */
const MAX_TAPS = 2 ** 22;

/** How many weights an axis has, at the most. */
function tapsOf({ antialias }: ResizeView, { to, scale }: ResizedAxis): number {
  return to * (antialias ? Math.ceil(4 / Math.min(scale, 1)) + 2 : 4);
}

function alongAxis(
  site: Site,
  view: ResizeView,
  axis: ResizedAxis,
  taps: Taps,
  size: readonly number[],
  from: Place | Address,
  to: Place,
): void {
  const name = `taps${axis.axis}:${axis.from}>${axis.to}`;
  const table = site.keep(site.node, `${name} places`, taps.places.length, (floats) =>
    new Uint32Array(floats.buffer, floats.byteOffset, floats.length).set(taps.places),
  );
  const { c = 1 } = imageOf(size) ?? {};
  const outer = (size[0] ?? 1) * Math.ceil(c / 4) * elementCount(size.slice(2, axis.axis));
  const run = elementCount(size.slice(axis.axis + 1)) * 4;
  const { kernels } = site.memory;
  const part = axis.from * run * 4;
  if (view.mode === 'nearest') {
    site.emit('resize nearest', [from, to], () => {
      kernels.gatherRuns(outer, axis.to, run * 4, from.at, part, table.at, to.at);
    });
    return;
  }
  const weights = site.keep(site.node, name, taps.weights.length, (floats) => floats.set(taps.weights));
  site.emit('resize', [from, to], () => {
    kernels.blendRuns(outer, axis.to, run, taps.count, from.at, part, table.at, weights.at, to.at);
  });
}
