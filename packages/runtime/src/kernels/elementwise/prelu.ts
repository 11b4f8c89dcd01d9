import type { NdArray } from '../../tensor/nd-array.ts';
import { broadcastDims } from '../../tensor/strides.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { type BinaryLoops, binary } from './loops.ts';

const loops: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const v = a[x] as number;
      out[i] = v < 0 ? v * (b[y] as number) : v;
    }
  },
  words(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const v = a[x] as number;
      out[i] = v < 0 ? Math.imul(v, b[y] as number) : v;
    }
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const v = a[x] as bigint;
      out[i] = v < 0n ? v * (b[y] as bigint) : v;
    }
  },
};

/** Slopes in a shape that broadcasts from the right. Before opset 7 a list of slopes went along axis 1. */
function slopesFor(x: NdArray, slope: NdArray, ctx: KernelContext): NdArray {
  if (ctx.op.version >= 7 || slope.rank !== 1 || slope.size === 1 || x.rank < 2) return slope;
  return slope.reshaped([slope.size, ...new Array<number>(x.rank - 2).fill(1)]);
}

export const prelu: Kernel = {
  name: 'PRelu',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const slope = slopesFor(x, realOperand(inputs, ctx, 1), ctx);
    const dims = broadcastDims(x.dims, slope.dims);
    if (!dims || dims.length !== x.rank || dims.some((d, i) => d !== x.dims[i])) {
      throw ctx.op.invalid(
        `slopes of shape [${slope.dims.join(', ')}] do not broadcast to [${x.dims.join(', ')}]`,
      );
    }
    return [binary(loops, x, slope, ctx)];
  },
};
