import type { Value } from '@refold/ir';
import type { HeadLayout } from '../../kernels/attention/heads.ts';
import type { Address, Place } from '../places.ts';
import type { Site } from '../site.ts';
import { headAt } from './heads.ts';

/** Keys or values of all times, and what brings them together. */
export interface Cached {
  readonly heads: HeadLayout;
  readonly place: Place | Address;
  /** All that bringing them together reads and writes. */
  readonly places: readonly (Place | Address)[];
  prepare(): void;
}

/** Whether operand `index` is a past of these heads, or absent. */
export function pastFits(site: Site, index: number, { batch, heads, size }: HeadLayout): boolean {
  if (!site.value(index)) return true;
  const dims = site.dims(index);
  return dims?.length === 4 && dims[0] === batch && dims[1] === heads && dims[3] === size;
}

/** Operand `index` behind `past` rows of operand `index + 3`, as one tensor if there are any or it is a result. */
export function withPast(
  site: Site,
  index: number,
  heads: HeadLayout,
  past: number,
  present: Value | undefined,
): Cached {
  const own = site.read(index, 'plain');
  if (past === 0 && !present) return { heads, place: own, places: [own], prepare: () => {} };
  const { batch, heads: count, size } = heads;
  const before = past > 0 ? site.read(index + 3, 'plain') : undefined;
  const length = past + heads.length;
  const place = present
    ? site.around.storage.create(present, 'plain')
    : site.scratch(batch * count * length * size * 4);
  const headStride = length * size;
  const all = { ...heads, length, batchStride: count * headStride, headStride, rowStride: size };
  const { kernels } = site.memory;
  const [row, bytes] = [size * 4, past * size * 4];
  return {
    heads: all,
    place,
    places: before ? [own, before, place] : [own, place],
    prepare() {
      for (let b = 0; b < batch; b += 1) {
        for (let h = 0; h < count; h += 1) {
          const to = place.at + headAt(all, b, h);
          if (before) kernels.copyRows(1, bytes, before.at + (b * count + h) * bytes, 0, to, 0);
          const from = own.at + headAt(heads, b, h);
          kernels.copyRows(heads.length, row, from, heads.rowStride * 4, to + bytes, row);
        }
      }
    },
  };
}
