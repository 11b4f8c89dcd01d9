import { allNumbers, type BlockView, depthToSpace, elementCount, pad, spaceToDepth, tile } from '@refold/ir';
import { blockDims, depthStrides, spaceStrides } from '../../kernels/shape/depth-to-space.ts';
import { broadcastStrides, strides } from '../../tensor/strides.ts';
import type { Lowering, Site } from '../site.ts';
import { emitMove, movement } from './moves.ts';

/* Operators that repeat elements, put others around them, or deal them out to other axes. */

/** Both sizes of a node of floats, neither of them empty. */
function sizesOf(
  site: Site,
): { readonly dims: readonly number[]; readonly out: readonly number[] } | undefined {
  const dims = site.dims(0);
  const out = site.resultDims();
  return dims && out && elementCount(dims) * elementCount(out) > 0 ? { dims, out } : undefined;
}

export const lowerExpand: Lowering = (site) => {
  const found = sizesOf(site);
  if (!found) return false;
  const { dims, out } = found;
  emitMove(site, 'expand', { sizes: out, from: broadcastStrides(dims, out), to: strides(out) });
  return true;
};

export const lowerTile: Lowering = (site) => {
  const found = sizesOf(site);
  const repeats = allNumbers(tile.view(site.op).repeats);
  if (!found || !repeats) return false;
  const { dims, out } = found;
  const [own, target] = [strides(dims), strides(out)];
  // Each axis is two: its copies, and its elements.
  const pairs = dims.map((size, i) => ({
    count: repeats[i] ?? 1,
    size,
    own: own[i] ?? 1,
    to: target[i] ?? 1,
  }));
  emitMove(site, 'tile', {
    sizes: pairs.flatMap(({ count, size }) => [count, size]),
    from: pairs.flatMap((pair) => [0, pair.own]),
    to: pairs.flatMap(({ size, to }) => [size * to, to]),
  });
  return true;
};

/** Pad with a constant; other modes are for the reference kernel. */
export const lowerPad: Lowering = (site) => {
  const found = sizesOf(site);
  const { mode, pads: given, constant_value: value } = pad.view(site.op);
  const pads = allNumbers(given);
  if (!found || !pads || mode !== 'constant' || typeof value !== 'number') return false;
  const { dims, out } = found;
  const [own, target] = [strides(dims), strides(out)];
  const before = dims.map((_, axis) => pads[axis] ?? 0);
  const after = dims.map((_, axis) => pads[axis + dims.length] ?? 0);
  const sizes = dims.map((size, i) =>
    Math.max(size + Math.min(before[i] ?? 0, 0) + Math.min(after[i] ?? 0, 0), 0),
  );
  const offset = (list: readonly number[], sign: number): number =>
    list.reduce((sum, stride, i) => sum + stride * Math.max(sign * (before[i] ?? 0), 0), 0);
  const x = site.read(0, 'plain');
  const y = site.write('plain');
  const ends = { fromFirst: offset(own, -1), toFirst: offset(target, 1) };
  const run = movement(site, { sizes, from: own, to: target, ...ends }, x, y);
  const { memory } = site;
  const count = elementCount(out);
  site.emit('pad', [x, y], () => {
    memory.floats(y.at, count).fill(value);
    run();
  });
  return true;
};

export const lowerDepthToSpace: Lowering = (site) => dealOut(site, depthToSpace.view(site.op), true);
export const lowerSpaceToDepth: Lowering = (site) => dealOut(site, spaceToDepth.view(site.op), false);

function dealOut(site: Site, view: BlockView, toSpace: boolean): boolean {
  const found = sizesOf(site);
  if (!found) return false;
  const [deep, flat] = toSpace ? [found.dims, found.out] : [found.out, found.dims];
  const [inDepth, inSpace] = [depthStrides(deep, view), spaceStrides(flat, view.blocksize)];
  const [from, to] = toSpace ? [inDepth, inSpace] : [inSpace, inDepth];
  emitMove(site, toSpace ? 'depth to space' : 'space to depth', {
    sizes: blockDims(flat, view.blocksize),
    from,
    to,
  });
  return true;
}
