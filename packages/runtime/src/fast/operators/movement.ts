import { concat, dropout, elementCount, transpose } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import { bytesIn, imageOf } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { outerOffsets } from './outer-loop.ts';

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

/** The axes in another order. Axes that stay neighbours are one; the rest are planes that are copied or turned. */
export const lowerTranspose: Lowering = (site) => {
  const dims = site.dims(0);
  const { perm } = transpose.view(site.op);
  if (!dims || !perm || !site.resultDims() || elementCount(dims) === 0) return false;
  const axes = merged(dims, perm);
  const sizes = axes.map((axis) => axis.size);
  const last = axes.length - 1;
  if (last < 1) return lowerAlias(site);
  const to = strides(sizes);
  // The innermost axis of the operand stays innermost: rows are copied. Else it and the innermost of the result turn.
  const inner = axes.findIndex((axis) => axis.stride === 1);
  const turns = inner !== last;
  const other = turns ? inner : last - 1;
  const outer = axes.map((_, i) => i).filter((i) => i !== other && i !== last);
  const offsets = outerOffsets({
    sizes: outer.map((i) => sizes[i] ?? 1),
    strides: [outer.map((i) => axes[i]?.stride ?? 0), outer.map((i) => to[i] ?? 0)],
  });
  const [rows, columns] = [sizes[turns ? last : other] ?? 1, sizes[turns ? other : last] ?? 1];
  const [fromRow, toRow] = [(axes[turns ? last : other]?.stride ?? 0) * 4, (to[other] ?? 0) * 4];
  const x = site.read(0, 'plain');
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('transpose', [x, y], () => {
    for (let i = 0; i < offsets.count; i += 1) {
      const from = x.at + (offsets.lists[0]?.[i] ?? 0) * 4;
      const target = y.at + (offsets.lists[1]?.[i] ?? 0) * 4;
      if (turns) kernels.transpose(rows, columns, from, fromRow, target, toRow);
      else kernels.copyRows(rows, columns * 4, from, fromRow, target, toRow);
    }
  });
  return true;
};

/** Axes of the result with their strides in the operand, without those of size 1, neighbours joined. */
function merged(
  dims: readonly number[],
  perm: readonly number[],
): readonly { readonly size: number; readonly stride: number }[] {
  const own = strides(dims);
  const axes: { size: number; stride: number }[] = [];
  for (const axis of perm) {
    const size = dims[axis] ?? 1;
    const stride = own[axis] ?? 1;
    const before = axes.at(-1);
    if (size === 1) continue;
    if (before && before.stride === stride * size) {
      before.size *= size;
      before.stride = stride;
    } else {
      axes.push({ size, stride });
    }
  }
  return axes;
}

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
