import {
  elementCount,
  layerNormalization,
  type ReduceName,
  reduceOperator,
  rmsNormalization,
  softmaxOperator,
} from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import type { Address, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { movement } from './moves.ts';
import { isMeanOfPixels, meanOfPixels } from './pool.ts';

/** Softmax along the last axes. */
export const lowerSoftmax: Lowering = (site) => {
  const dims = site.dims(0);
  if (!dims || !site.resultDims() || elementCount(dims) === 0) return false;
  const { axis, coerced } = softmaxOperator('Softmax').view(site.op);
  const n = elementCount(dims.slice(axis));
  if (!coerced && n !== (dims[axis] ?? 1)) return false;
  const rows = elementCount(dims) / n;
  const x = site.read(0, 'plain');
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('softmax', [x, y], () => kernels.softmax(rows, n, x.at, y.at));
  return true;
};

/** LayerNormalization over the last axes. */
export const lowerLayerNormalization: Lowering = (site) => {
  const dims = site.dims(0);
  const scale = site.dims(1);
  if (!dims || !scale || !site.resultDims() || elementCount(dims) === 0) return false;
  const { axis, epsilon } = layerNormalization.view(site.op);
  const n = elementCount(dims.slice(axis));
  const shift = site.value(2) ? site.dims(2) : scale;
  if (elementCount(scale) !== n || !shift || elementCount(shift) !== n) return false;
  const rows = elementCount(dims) / n;
  const x = site.read(0, 'plain');
  const s = site.read(1, 'plain');
  const t = site.value(2) ? site.read(2, 'plain') : undefined;
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('layer norm', [x, s, t, y], () => {
    kernels.layerNorm(rows, n, epsilon, x.at, s.at, t?.at ?? 0, y.at);
  });
  return true;
};

/** RMSNormalization over the last axes. */
export const lowerRmsNormalization: Lowering = (site) => {
  const dims = site.dims(0);
  const scale = site.dims(1);
  if (!dims || !scale || !site.resultDims() || elementCount(dims) === 0) return false;
  const { axis, epsilon } = rmsNormalization.view(site.op);
  const n = elementCount(dims.slice(axis));
  if (elementCount(scale) !== n) return false;
  const rows = elementCount(dims) / n;
  const x = site.read(0, 'plain');
  const s = site.read(1, 'plain');
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('rms norm', [x, s, y], () => kernels.rmsNorm(rows, n, epsilon, x.at, s.at, y.at));
  return true;
};

/** The numbers of the kernel `reduceRows`. */
const codes = {
  ReduceSum: 0,
  ReduceMean: 1,
  ReduceMax: 2,
  ReduceMin: 3,
  ReduceSumSquare: 4,
  ReduceL2: 5,
} as const;

export const reductionNames: readonly (keyof typeof codes & ReduceName)[] = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceSumSquare',
  'ReduceL2',
];

/** Reductions over the last axes, to which others are brought first, and means over the pixels of images in blocks. */
export function lowerReduction(name: keyof typeof codes): Lowering {
  return (site) => {
    const dims = site.dims(0);
    if (!dims || !site.resultDims() || elementCount(dims) === 0) return false;
    if (name === 'ReduceMean' && isMeanOfPixels(site)) return meanOfPixels(site);
    const { axes } = reduceOperator(name).view(site.op);
    if (!axes || axes.length === 0) return false;
    const n = axes.reduce((size, axis) => size * (dims[axis] ?? 1), 1);
    const rows = elementCount(dims) / n;
    const from = site.read(0, 'plain');
    const x = isLast(axes, dims) ? from : bringLast(site, axes, dims, from);
    const y = site.write('plain');
    const { kernels } = site.memory;
    site.emit('reduce', [x, y], () => kernels.reduceRows(codes[name], rows, n, x.at, y.at));
    return true;
  };
}

/** Whether nothing but axes of size 1 follows the first of these axes besides themselves. */
function isLast(axes: readonly number[], dims: readonly number[]): boolean {
  const first = Math.min(...axes);
  return dims.every((size, axis) => size === 1 || axis < first || axes.includes(axis));
}

/** A copy with some axes last. */
function bringLast(
  site: Site,
  axes: readonly number[],
  dims: readonly number[],
  from: Place | Address,
): Place {
  const order = [...dims.keys()].filter((axis) => !axes.includes(axis)).concat(axes);
  const own = strides(dims);
  const sizes = order.map((axis) => dims[axis] ?? 1);
  const to = site.scratch(elementCount(dims) * 4);
  const move = { sizes, from: order.map((axis) => own[axis] ?? 1), to: strides(sizes) };
  const run = movement(site, move, from, to);
  site.emit('transpose', [from, to], run);
  return to;
}
