import { elementCount, InternalError, roiAlign } from '@refold/ir';
import { regionAt } from '../../kernels/image/roi-align.ts';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals } from '../../tensor/reals.ts';
import { imageOf } from '../places.ts';
import type { Lowering } from '../site.ts';

/** RoiAlign of images in blocks of four channels, one region after the other. */
export const lowerRoiAlign: Lowering = (site) => {
  const view = roiAlign.view(site.op);
  const dims = site.dims(0);
  const outDims = site.resultDims();
  const image = dims && imageOf(dims);
  const regions = site.dims(1);
  if (!image || !outDims || !regions || site.op.dtype(0) !== 'float32') return false;
  const [count = 0] = outDims;
  if (dims.length !== 4 || elementCount(dims) * elementCount(outDims) === 0) return false;
  if (regions.join() !== [count, 4].join()) return false;
  const { n, h, w, blocks, pixels } = image;
  const { outputHeight, outputWidth } = view;
  const bins = outputHeight * outputWidth;
  const x = site.read(0, 'blocked');
  const y = site.write('blocked');
  const corners = site.source(1);
  const batch = site.source(2);
  const { memory, op } = site;
  site.emit('roi align', [x, y, corners.place, batch.place], (state) => {
    const { budget, ledger } = state.interpreter;
    const edges = numbersOf(corners.read(state));
    const indices = numbersOf(batch.read(state));
    if (indices.length !== count) throw op.invalid(`${count} regions with ${indices.length} batch indices`);
    for (let r = 0; r < count; r += 1) {
      budget.check();
      const { startX, startY, binX, binY, gridX, gridY } = regionAt(view, edges, r * 4);
      const index = indices[r] as number;
      if (!(index >= 0 && index < n)) throw op.invalid(`batch index ${index} is out of range`);
      if (!Number.isFinite(gridX * gridY)) throw op.invalid('a region that is not finite');
      // The reference kernel works samples out beforehand: what it has no room for would take too long here.
      const { mark } = ledger;
      ledger.reserve('float64', [bins, gridX * gridY, 8]);
      ledger.settle(mark);
      memory.kernels.poolRegion(
        ...([view.mode === 'max', blocks, h, w, outputHeight, outputWidth, gridY, gridX] as const),
        ...([startY, startX, binY, binX] as const),
        ...([x.at + index * blocks * pixels * 16, y.at + r * blocks * bins * 16] as const),
      );
    }
  });
  return true;
};

function numbersOf(value: NdValue | undefined): Reals {
  if (value instanceof NdArray) return reals(value);
  throw new InternalError('a tensor was expected');
}
