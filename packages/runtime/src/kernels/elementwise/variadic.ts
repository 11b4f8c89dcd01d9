import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { type Reals, reals, storeReals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { type BinaryLoops, binary, type Row, requireBroadcast, requireSameDType, runRows } from './loops.ts';

/** NaN in either operand is the result, as `Math.max` has it; -0 is less than 0. */
const max: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = Math.max(a[x] as number, b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const p = a[x] as bigint;
      const q = b[y] as bigint;
      if (p > q) out[i] = p;
      else out[i] = q;
    }
  },
};

const min: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = Math.min(a[x] as number, b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const p = a[x] as bigint;
      const q = b[y] as bigint;
      if (p < q) out[i] = p;
      else out[i] = q;
    }
  },
};

function operands(inputs: readonly (NdValue | undefined)[], ctx: KernelContext): NdArray[] {
  const first = realOperand(inputs, ctx, 0);
  const arrays = inputs.map((_, i) => realOperand(inputs, ctx, i));
  for (const array of arrays) requireSameDType(first, array, ctx);
  return arrays;
}

function extreme(name: string, loops: BinaryLoops): Kernel {
  return {
    name,
    run: (inputs, ctx) => [operands(inputs, ctx).reduce((a, b) => binary(loops, a, b, ctx))],
  };
}

const accumulate: Row<Reals, Reals> = (out, a, _, at, n, x, dx) => {
  for (let i = at; i < at + n; i += 1, x += dx) out[i] = (out[i] as number) + (a[x] as number);
};

/** The sum is kept in double and rounded once, whatever the number of operands. */
function sum(name: string, divisor: (count: number) => number): Kernel {
  return {
    name,
    run(inputs, ctx) {
      const arrays = operands(inputs, ctx);
      const dtype = realOperand(inputs, ctx, 0).dtype;
      const dims = arrays.map((a) => a.dims).reduce((a, b) => requireBroadcast(a, b, ctx));
      const total = doubles(ctx, dims);
      // The first sum starts at the element, not at 0, so that -0 stays.
      total.fill(-0);
      for (const array of arrays) {
        const operand = { data: reals(array), dims: array.dims };
        runRows(accumulate, total, dims, operand, operand);
      }
      const by = divisor(arrays.length);
      if (by !== 1) for (let i = 0; i < total.length; i += 1) total[i] = (total[i] as number) / by;
      const result = ctx.alloc(dtype, dims);
      storeReals(total, result);
      return [result];
    },
  };
}

export const variadicKernels: readonly Kernel[] = [
  extreme('Max', max),
  extreme('Min', min),
  sum('Sum', () => 1),
  sum('Mean', (count) => count),
];
