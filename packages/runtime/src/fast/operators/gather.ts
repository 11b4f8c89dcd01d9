import { elementCount, gather } from '@refold/ir';
import { placesOf } from '../../kernels/indexing/places.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import { broadcastDims, broadcastLoop } from '../../tensor/strides.ts';
import { dimsOf } from '../facts.ts';
import type { Lowering } from '../site.ts';
import { outerOffsets } from './outer-loop.ts';

/** Gather out of what was computed. Rows of constants are read where those lie. */
export const lowerGather: Lowering = (site) => {
  const dims = site.dims(0);
  const out = site.resultDims();
  if (!dims || !out || site.isKnown(0) || elementCount(dims) * elementCount(out) === 0) return false;
  const { axis } = gather.view(site.op);
  const size = dims[axis] ?? 1;
  const outer = elementCount(dims.slice(0, axis));
  const run = elementCount(dims.slice(axis + 1)) * 4;
  const count = (elementCount(out) * 4) / (outer * run);
  const x = site.read(0, 'plain');
  const table = site.scratch(count * 4);
  const indices = site.source(1);
  const y = site.write('plain');
  const { memory, op } = site;
  site.emit('gather', [x, table, y, indices.place], (state) => {
    const given = indices.read(state);
    if (!(given instanceof NdArray)) throw op.invalid('the indices are missing');
    new Uint32Array(memory.buffer, table.at, count).set(placesOf(op, given, size));
    memory.kernels.gatherRuns(outer, count, run, x.at, size * run, table.at, y.at);
  });
  return true;
};

/** Where: elements of one operand or of another, which broadcast, by a condition. */
export const lowerWhere: Lowering = (site) => {
  const condition = site.value(0);
  const c = condition && dimsOf(site.around.storage.fact(condition));
  const [a, b, dims] = [site.dims(1), site.dims(2), site.resultDims()];
  if (!c || !a || !b || !dims || elementCount(dims) === 0) return false;
  if (broadcastDims(broadcastDims(a, b) ?? [], c)?.join() !== dims.join()) return false;
  const loop = broadcastLoop(dims, c, a, b);
  const offsets = outerOffsets({ sizes: loop.outer, strides: loop.outerStrides });
  const [cStep = 0, aStep = 0, bStep = 0] = loop.steps;
  const x = site.read(1, 'plain');
  const y = site.read(2, 'plain');
  const bits = site.scratch(elementCount(c));
  const chosen = site.source(0);
  const z = site.write('plain');
  const { memory, op } = site;
  const { length } = loop;
  site.emit('where', [x, y, bits, z, chosen.place], (state) => {
    const given = chosen.read(state);
    if (!(given instanceof NdArray) || !(given.data instanceof Uint8Array)) {
      throw op.invalid('the condition is missing');
    }
    new Uint8Array(memory.buffer, bits.at, given.data.length).set(given.data);
    for (let i = 0; i < offsets.count; i += 1) {
      const [cAt = 0, aAt = 0, bAt = 0] = offsets.lists.map((list) => list[i] ?? 0);
      memory.kernels.select(
        ...([length, bits.at + cAt, cStep, x.at + aAt * 4, aStep * 4, y.at + bAt * 4, bStep * 4] as const),
        z.at + i * length * 4,
      );
    }
  });
  return true;
};
