import { col2Im, col2ImBlocks, dtypeKind, elementCount, staticShape } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import { byParts } from '../complex-parts.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { doubles, realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';
import { addWindows } from './im2col.ts';
import { windowGrid } from './window-grid.ts';
import { WindowRuns } from './window-runs.ts';

/** How columns lie in the operand, and where they go. */
interface Folding {
  readonly columns: readonly number[];
  readonly dims: readonly number[];
  readonly windows: WindowRuns;
}

/** Sums the columns of every sample of [N, C * block, L] back into its image, in double. */
function foldColumns(
  ctx: KernelContext,
  data: Reals,
  { columns: [batch = 0, rows = 0, columns = 0], dims, windows }: Folding,
  out: Float32Array | Float64Array,
): void {
  const size = elementCount(dims.slice(2));
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
    out.set(image, n * image.length);
  }
}

function foldReals(ctx: KernelContext, x: NdArray, folding: Folding): NdArray {
  const result = realResult(ctx, x.dtype, folding.dims);
  foldColumns(ctx, reals(x), folding, result.values);
  return result.done();
}

/** Sums the upper and the lower words by themselves, which doubles hold, and puts the sums together. */
function foldIntegers(ctx: KernelContext, x: NdArray, folding: Folding): NdArray {
  const result = ctx.alloc(x.dtype, folding.dims);
  const [upper, lower] = [doubles(ctx, folding.dims), doubles(ctx, folding.dims)];
  const values = x.data as BigInt64Array | BigUint64Array;
  foldColumns(
    ctx,
    Float64Array.from(values, (v) => Number(v >> 32n)),
    folding,
    upper,
  );
  foldColumns(
    ctx,
    Float64Array.from(values, (v) => Number(BigInt.asUintN(32, v))),
    folding,
    lower,
  );
  for (let i = 0; i < upper.length; i += 1) {
    result.data[i] = (BigInt(upper[i] as number) << 32n) + BigInt(lower[i] as number);
  }
  return result;
}

export const col2ImKernel: Kernel = {
  name: 'Col2Im',
  run(inputs, ctx) {
    const x = asTensor(inputs[0], ctx, 0);
    if (dtypeKind(x.dtype) === 'string') throw ctx.op.invalid('strings have no sum');
    const view = col2Im.view(ctx.op);
    const dims = resultDims(ctx, col2Im, view);
    const grid = staticShape(col2ImBlocks(ctx.op, view));
    if (grid === undefined) throw ctx.op.invalid('the blocks are not determined');
    const image = dims.slice(2);
    const windows = new WindowRuns(windowGrid(ctx, { ...view, kernelShape: view.blockShape }, image, grid));
    const blocks = elementCount(grid);
    if (x.dims[2] !== blocks) throw ctx.op.invalid(`there are ${x.dims[2]} columns for ${blocks} blocks`);
    const folding = { columns: x.dims, dims, windows };
    const is64 = x.dtype === 'int64' || x.dtype === 'uint64';
    return [is64 ? foldIntegers(ctx, x, folding) : byParts(x, ctx, (part) => foldReals(ctx, part, folding))];
  },
};
