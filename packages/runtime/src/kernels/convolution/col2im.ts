import {
  col2Im,
  col2ImBlocks,
  dtypeBits,
  dtypeKind,
  elementCount,
  ModelError,
  staticShape,
} from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { addWindows } from './im2col.ts';
import { windowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/** Refuses element types whose sums doubles do not hold. */
function checkSummable(ctx: KernelContext, x: NdArray): void {
  const kind = dtypeKind(x.dtype);
  if (kind === 'float' || (kind !== 'string' && kind !== 'complex' && dtypeBits(x.dtype) <= 32)) return;
  const where = { node: ctx.op.node.label, op: ctx.op.node.op };
  throw new ModelError('model/unsupported', `Col2Im of ${x.dtype} is not supported`, where);
}

/** Sums the columns of every sample of [N, C * block, L] back into its image. */
function foldColumns(
  ctx: KernelContext,
  x: NdArray,
  dims: readonly number[],
  windows: WindowRuns,
  blocks: number,
): NdArray {
  const result = realResult(ctx, x.dtype, dims);
  const [batch = 0, rows = 0, columns = 0] = x.dims;
  if (columns !== blocks) throw ctx.op.invalid(`there are ${columns} columns for ${blocks} blocks`);
  const size = elementCount(dims.slice(2));
  const data = reals(x);
  const image = doubles(ctx, dims.slice(1));
  const add = addWindows(image, size, windows);
  const row = new Float64Array(columns);
  for (let n = 0; n < batch; n += 1) {
    image.fill(0);
    for (let r = 0; r < rows; r += 1) {
      const from = (n * rows + r) * columns;
      for (let i = 0; i < columns; i += 1) row[i] = data[from + i] as number;
      add(r, 1, 0, columns, row, columns);
      ctx.tick();
    }
    result.values.set(image, n * image.length);
  }
  return result.done();
}

export const col2ImKernel: Kernel = {
  name: 'Col2Im',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    checkSummable(ctx, x);
    const view = col2Im.view(ctx.op);
    const dims = resultDims(ctx, col2Im, view);
    const grid = staticShape(col2ImBlocks(ctx.op, view));
    if (grid === undefined) throw ctx.op.invalid('the blocks are not determined');
    const image = dims.slice(2);
    const windows = new WindowRuns(windowGrid(ctx, { ...view, kernelShape: view.blockShape }, image, grid));
    return [foldColumns(ctx, x, dims, windows, elementCount(grid))];
  },
};
