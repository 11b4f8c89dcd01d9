import { allNumbers, elementCount, slice, sliceBounds, split, type Value } from '@refold/ir';
import { strides } from '../../tensor/strides.ts';
import type { Layout } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { emitMove } from './moves.ts';

/** Places `first` to `first + size` along an axis. */
interface Part {
  readonly value: Value;
  readonly first: number;
  readonly size: number;
}

/** Slice: whole blocks of channels stay in blocks, everything else is a move. */
export const lowerSlice: Lowering = (site) => {
  const dims = site.dims(0);
  const outDims = site.resultDims();
  if (!dims || !outDims || !site.result || elementCount(outDims) === 0) return false;
  const { axes = dims.map((_, axis) => axis), starts, ends, steps } = slice.view(site.op);
  const [begin, end] = [allNumbers(starts), allNumbers(ends)];
  if (!begin || !end) return false;
  const own = strides(dims);
  const from = [...own];
  const firsts = dims.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    const step = steps?.[i] ?? 1;
    firsts[axis] = sliceBounds(dims[axis] ?? 0, begin[i] ?? 0, end[i] ?? 0, step).first;
    from[axis] = (own[axis] ?? 1) * step;
  }
  const cut = dims.flatMap((size, axis) => (size === outDims[axis] ? [] : [axis]));
  const [axis = 0] = cut;
  if (cut.length === 1 && own.every((stride, i) => stride === from[i])) {
    copyParts(site, dims, axis, [{ value: site.result, first: firsts[axis] ?? 0, size: outDims[axis] ?? 0 }]);
    return true;
  }
  const fromFirst = own.reduce((sum, stride, i) => sum + stride * (firsts[i] ?? 0), 0);
  emitMove(site, 'slice', { sizes: outDims, from, to: strides(outDims), fromFirst });
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
