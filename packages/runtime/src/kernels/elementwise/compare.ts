import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { legacyOperand } from './legacy-broadcast.ts';
import { type Bigs, isBig, type Row, requireBroadcast, requireSameDType, runRows } from './loops.ts';

interface Comparison {
  readonly reals: Row<Reals, Uint8Array>;
  readonly bigs: Row<Bigs, Uint8Array>;
}

const equal: Comparison = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = a[x] === b[y] ? 1 : 0;
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = a[x] === b[y] ? 1 : 0;
  },
};

const less: Comparison = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy)
      out[i] = (a[x] as number) < (b[y] as number) ? 1 : 0;
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy)
      out[i] = (a[x] as bigint) < (b[y] as bigint) ? 1 : 0;
  },
};

const lessOrEqual: Comparison = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy)
      out[i] = (a[x] as number) <= (b[y] as number) ? 1 : 0;
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy)
      out[i] = (a[x] as bigint) <= (b[y] as bigint) ? 1 : 0;
  },
};

const equalStrings: Row<readonly string[], Uint8Array> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = a[x] === b[y] ? 1 : 0;
};

function compare(loops: Comparison, a: NdArray, b: NdArray, result: NdArray, out: Uint8Array): void {
  const { dims } = result;
  if (isBig(a.data) && isBig(b.data)) {
    runRows(loops.bigs, out, dims, { data: a.data, dims: a.dims }, { data: b.data, dims: b.dims });
  } else {
    runRows(loops.reals, out, dims, { data: reals(a), dims: a.dims }, { data: reals(b), dims: b.dims });
  }
}

/** A bool array to fill. */
export function allocBooleans(
  ctx: KernelContext,
  dims: readonly number[],
): { array: NdArray; out: Uint8Array } {
  const array = ctx.alloc('bool', dims);
  return { array, out: array.data as Uint8Array };
}

/** `swapped`: a > b is b < a. */
function comparison(name: string, loops: Comparison, swapped = false): Kernel {
  return {
    name,
    run(inputs, ctx) {
      // Only Equal takes strings, from opset 19 on.
      const operand = name === 'Equal' ? asTensor(inputs[0], ctx, 0) : realOperand(inputs, ctx, 0);
      const first = operand.dtype === 'string' ? operand : realOperand(inputs, ctx, 0);
      const second = legacyOperand(first, asTensor(inputs[1], ctx, 1), ctx);
      requireSameDType(first, second, ctx);
      const { array, out } = allocBooleans(ctx, requireBroadcast(first.dims, second.dims, ctx));
      const [a, b] = swapped ? [second, first] : [first, second];
      if (Array.isArray(a.data) && Array.isArray(b.data)) {
        runRows(
          equalStrings,
          out,
          array.dims,
          { data: a.data, dims: a.dims },
          { data: b.data, dims: b.dims },
        );
      } else {
        compare(loops, a, b, array, out);
      }
      return [array];
    },
  };
}

export const comparisonKernels: readonly Kernel[] = [
  comparison('Equal', equal),
  comparison('Less', less),
  comparison('LessOrEqual', lessOrEqual),
  comparison('Greater', less, true),
  comparison('GreaterOrEqual', lessOrEqual, true),
];
