import { elementCount, rotaryEmbedding } from '@refold/ir';
import { angleRows } from '../../kernels/attention/rotary-embedding.ts';
import { NdArray } from '../../tensor/nd-array.ts';
import type { Lowering } from '../site.ts';
import { headAt, headsOf } from './heads.ts';

/** RotaryEmbedding: pairs of each head turned by the angles of its position. */
export const lowerRotaryEmbedding: Lowering = (site) => {
  const view = rotaryEmbedding.view(site.op);
  const heads = headsOf(site, 0, view.numHeads);
  const angles = site.dims(1);
  const dims = site.resultDims();
  if (!heads || !dims || !angles || angles.join() !== site.dims(2)?.join()) return false;
  const rotated = view.rotaryEmbeddingDim ?? heads.size;
  const half = rotated / 2;
  if (rotated > heads.size || !Number.isInteger(half) || angles.at(-1) !== half) return false;
  const x = site.read(0, 'plain');
  const cosines = site.read(1, 'plain');
  const sines = site.read(2, 'plain');
  const positions = site.value(3) && site.source(3);
  const { batch, length } = heads;
  const table = site.scratch(batch * length * 4);
  const y = site.write('plain');
  const { memory, op } = site;
  const { kernels } = memory;
  const bytes = elementCount(dims) * 4;
  site.emit('rotary', [x, cosines, sines, table, y, positions?.place], (state) => {
    const given = positions?.read(state);
    const ids = given instanceof NdArray ? given : undefined;
    new Uint32Array(memory.buffer, table.at, batch * length).set(angleRows(op, angles, ids, batch, length));
    if (rotated < heads.size) kernels.copyRows(1, bytes, x.at, 0, y.at, 0);
    const row = heads.rowStride * 4;
    for (let b = 0; b < batch; b += 1) {
      for (let h = 0; h < heads.heads; h += 1) {
        const at = headAt(heads, b, h);
        const rows = table.at + b * length * 4;
        kernels.rotate(
          ...([length, half, view.interleaved, x.at + at, row] as const),
          ...([cosines.at, sines.at, rows, y.at + at] as const),
        );
      }
    }
  });
  return true;
};
