import { elementCount } from '@refold/ir';
import { NdArray } from '../../tensor/nd-array.ts';
import { broadcastStrides } from '../../tensor/strides.ts';
import { dimsOf } from '../facts.ts';
import type { Address, Place } from '../places.ts';
import type { Site } from '../site.ts';
import type { RunState } from '../task.ts';

/** A mask that is added to scores: floats, and how far its samples, heads and queries are apart, in bytes. */
export interface Mask {
  readonly place: Address;
  /** All that making it ready reads and writes. */
  readonly places: readonly (Place | Address | undefined)[];
  readonly sample: number;
  readonly head: number;
  readonly query: number;
  /** Brings it to its place, where it does not lie there. */
  prepare(state: RunState): void;
}

/** How far samples, heads and queries of a mask are apart, in bytes. */
type MaskStrides = Pick<Mask, 'sample' | 'head' | 'query'>;

/** The strides of a mask for scores of the given sizes; undefined where it is of another form. */
export function maskStrides(
  site: Site,
  index: number,
  scores: readonly [batch: number, heads: number, queries: number, keys: number],
): MaskStrides | undefined {
  const value = site.value(index);
  const dims = value && dimsOf(site.around.storage.fact(value));
  if (!dims || dims.length > 4 || dims.at(-1) !== scores[3]) return undefined;
  if (!site.dims(index) && site.op.dtype(index) !== 'bool') return undefined;
  const shift = scores.length - dims.length;
  if (dims.some((d, i) => d !== 1 && d !== scores[shift + i])) return undefined;
  const [sample = 0, head = 0, query = 0] = broadcastStrides(dims, scores).map((stride) => stride * 4);
  return { sample, head, query };
}

/** The mask operand, read by the task that comes now. */
export function maskOf(site: Site, index: number, strides: MaskStrides): Mask {
  if (site.dims(index)) {
    const place = site.read(index, 'plain');
    return { ...strides, place, places: [place], prepare: () => {} };
  }
  const source = site.source(index);
  const place = site.scratch(elementCount(site.op.shape(index)?.map(Number) ?? []) * 4);
  const { memory } = site;
  return {
    ...strides,
    place,
    places: [source.place, place],
    prepare(state) {
      const mask = source.read(state);
      if (!(mask instanceof NdArray) || !(mask.data instanceof Uint8Array)) return;
      const floats = memory.floats(place.at, mask.data.length);
      for (let i = 0; i < floats.length; i += 1)
        floats[i] = mask.data[i] === 0 ? Number.NEGATIVE_INFINITY : 0;
    },
  };
}
