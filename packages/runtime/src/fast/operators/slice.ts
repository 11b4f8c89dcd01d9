import { allNumbers, elementCount, slice, sliceBounds, split, type Value } from '@refold/ir';
import type { Layout } from '../places.ts';
import type { Lowering, Site } from '../site.ts';

/** Places `first` to `first + size` along an axis. */
interface Part {
  readonly value: Value;
  readonly first: number;
  readonly size: number;
}

/** Slice along one axis, without steps. */
export const lowerSlice: Lowering = (site) => {
  const dims = site.dims(0);
  const outDims = site.resultDims();
  if (!dims || !outDims || !site.result || elementCount(outDims) === 0) return false;
  const { axes, starts, ends, steps } = slice.view(site.op);
  const [begin, end] = [allNumbers(starts), allNumbers(ends)];
  const cut = dims.flatMap((size, axis) => (size === outDims[axis] ? [] : [axis]));
  const [axis = 0] = cut;
  const at = axes?.indexOf(axis) ?? -1;
  if (cut.length !== 1 || at < 0 || !begin || !end || (steps ?? []).some((step) => step !== 1)) return false;
  const { first } = sliceBounds(dims[axis] ?? 0, begin[at] ?? 0, end[at] ?? 0, 1);
  copyParts(site, dims, axis, [{ value: site.result, first, size: outDims[axis] ?? 0 }]);
  return true;
};

export const lowerSplit: Lowering = (site) => {
  const dims = site.dims(0);
  const { axis, split: sizes } = split.view(site.op);
  const numbers = allNumbers(sizes);
  if (!dims || !numbers || elementCount(dims) === 0) return false;
  const parts: Part[] = [];
  let first = 0;
  for (const [i, value] of site.results.entries()) {
    const size = numbers[i] ?? 0;
    if (value && size > 0) parts.push({ value, first, size });
    if (value && size === 0) return false;
    first += size;
  }
  copyParts(site, dims, axis, parts);
  return true;
};

/** Copies parts of an operand. Whole blocks of channels of an image are copied as such. */
function copyParts(site: Site, dims: readonly number[], axis: number, parts: readonly Part[]): void {
  const inBlocks =
    site.isBlocked(0) && axis === 1 && parts.every(({ first, size }) => first % 4 === 0 && size % 4 === 0);
  const layout: Layout = inBlocks ? 'blocked' : 'plain';
  const x = site.read(0, layout);
  const rows = elementCount(dims.slice(0, axis));
  const inner = elementCount(dims.slice(axis + 1)) * 4;
  const count = inBlocks ? Math.ceil((dims[axis] ?? 0) / 4) * 4 : (dims[axis] ?? 0);
  const { kernels } = site.memory;
  for (const { value, first, size } of parts) {
    const y = site.around.storage.create(value, layout);
    site.emit('slice', [x, y], () => {
      kernels.copyRows(rows, size * inner, x.at + first * inner, count * inner, y.at, size * inner);
    });
  }
}
