import { concat, dropout, elementCount, transpose } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import { bytesIn, imageOf } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { emitMove } from './moves.ts';

/** Operators whose result has the elements of their first operand in the same order. */
export const lowerAlias: Lowering = (site) => {
  const value = site.value(0);
  const dims = site.dims(0);
  const to = site.resultDims();
  if (!value || !site.result || !dims || !to || elementCount(dims) !== elementCount(to)) return false;
  site.around.storage.alias(site.result, value, site.node);
  return true;
};

/** Joins along an axis: images in blocks along their channels, everything else row by row. */
export const lowerConcat: Lowering = (site) => {
  const dims = site.resultDims();
  const inputs = site.node.inputs.map((_, i) => site.dims(i));
  if (!dims || elementCount(dims) === 0 || !inputs.every((d) => d !== undefined)) return false;
  const { axis } = concat.view(site.op);
  const inBlocks =
    axis === 1 && inputs.every((d, i) => (d[1] ?? 0) % 4 === 0 && (site.isBlocked(i) || site.isKnown(i)));
  const layout = inBlocks && imageOf(dims) ? 'blocked' : 'plain';
  const parts = inputs.map((d, i) => ({ place: site.read(i, layout), bytes: bytesIn(layout, d) }));
  const y = site.write(layout);
  const rows = elementCount(dims.slice(0, axis));
  const row = y.bytes / rows;
  const { kernels } = site.memory;
  site.emit('concat', [...parts.map((part) => part.place), y], () => {
    let to = y.at;
    for (const { place, bytes } of parts) {
      kernels.copyRows(rows, bytes / rows, place.at, bytes / rows, to, row);
      to += bytes / rows;
    }
  });
  return true;
};

/** The axes in another order. */
export const lowerTranspose: Lowering = (site) => {
  const dims = site.dims(0);
  const out = site.resultDims();
  const { perm } = transpose.view(site.op);
  if (!dims || !perm || !out || elementCount(dims) === 0) return false;
  const own = strides(dims);
  const from = perm.map((axis) => own[axis] ?? 1);
  const order = from.filter((_, i) => out[i] !== 1);
  if (order.every((stride, i) => i === 0 || stride < (order[i - 1] ?? 0))) return lowerAlias(site);
  emitMove(site, 'transpose', { sizes: out, from, to: strides(out) });
  return true;
};

/** Whether Dropout, which has parameters in newer versions, only hands its operand on. */
export const lowerDropout: Lowering = (site) => {
  const training = site.value(2);
  if (training && !isFalse(site)) return false;
  // A ratio that is computed may be none.
  if (site.value(1) && dropout.view(site.op).ratio === undefined) return false;
  return lowerAlias(site);
};

function isFalse(site: Site): boolean {
  return site.op.ints(2)?.[0] === 0;
}
