import { isFloat } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { bigints, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { legacyOperand } from './legacy-broadcast.ts';
import { type Bigs, type Row, requireBroadcast, runRows, writeReals } from './loops.ts';
import type { Loop } from './unary.ts';

/** IEEE pow: JavaScript alone gives NaN for 1 to an infinite or NaN power, and for -1 to an infinite one. */
export function power(x: number, y: number): number {
  if (x === 1 || (x === -1 && (y === Number.POSITIVE_INFINITY || y === Number.NEGATIVE_INFINITY))) return 1;
  return x ** y;
}

const floatRow: Row<Reals> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = power(a[x] as number, b[y] as number);
};

/** Exponents for which there is something ten times faster that is as exact for float32 and smaller types. */
const shortcuts = new Map<number, Loop<Reals>>([
  [
    2,
    (out, x) => {
      for (let i = 0; i < out.length; i += 1) out[i] = (x[i] as number) * (x[i] as number);
    },
  ],
  [
    3,
    (out, x) => {
      for (let i = 0; i < out.length; i += 1) out[i] = (x[i] as number) * (x[i] as number) * (x[i] as number);
    },
  ],
  [
    0.5,
    (out, x) => {
      // pow(-0, 0.5) is 0 and pow(-Infinity, 0.5) is Infinity; the square roots are not.
      for (let i = 0; i < out.length; i += 1) {
        const v = x[i] as number;
        out[i] = v === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.sqrt(v + 0);
      }
    },
  ],
  [
    -1,
    (out, x) => {
      for (let i = 0; i < out.length; i += 1) out[i] = 1 / (x[i] as number);
    },
  ],
]);

/** Wraps as repeated multiplication does; a negative exponent gives the fraction's integer part, mostly 0. */
const wordRow: Row<Reals> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
    const base = a[x] as number;
    let exponent = b[y] as number;
    if (exponent < 0) {
      out[i] = base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
      continue;
    }
    let result = 1;
    for (let square = base | 0; exponent > 0; exponent = Math.floor(exponent / 2)) {
      if (exponent % 2 === 1) result = Math.imul(result, square);
      square = Math.imul(square, square);
    }
    out[i] = result;
  }
};

const bigRow: Row<Bigs> = (out, a, b, at, n, x, dx, y, dy) => {
  for (let i = at; i < at + n; i += 1, x += dx, y += dy)
    out[i] = wrappedPower(a[x] as bigint, b[y] as bigint);
};

function wrappedPower(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return base === 1n ? 1n : base === -1n ? (exponent % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let square = base;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = BigInt.asUintN(64, result * square);
    square = BigInt.asUintN(64, square * square);
  }
  return result;
}

/** The elements of any integer array as 64-bit integers. */
function asBigs(array: NdArray): Bigs {
  return array.dtype === 'int64' || array.dtype === 'uint64'
    ? bigints(array)
    : BigInt64Array.from(reals(array), BigInt);
}

export const pow: Kernel = {
  name: 'Pow',
  run(inputs, ctx) {
    const a = realOperand(inputs, ctx, 0);
    const b = legacyOperand(a, realOperand(inputs, ctx, 1), ctx);
    const dims = requireBroadcast(a.dims, b.dims, ctx);
    const result = ctx.alloc(a.dtype, dims);
    const isExact = !isFloat(a.dtype) && !isFloat(b.dtype);
    if (isExact && (result.data instanceof BigInt64Array || result.data instanceof BigUint64Array)) {
      runRows(
        bigRow,
        result.data,
        dims,
        { data: asBigs(a), dims: a.dims },
        { data: asBigs(b), dims: b.dims },
      );
      return [result];
    }
    writeReals(result, ctx, (out) => {
      const x = reals(a);
      const y = reals(b);
      const shortcut =
        y.length === 1 && a.dtype !== 'float64' && !isExact ? shortcuts.get(y[0] as number) : undefined;
      if (shortcut) shortcut(out, x);
      else
        runRows(
          isExact ? wordRow : floatRow,
          out,
          dims,
          { data: x, dims: a.dims },
          { data: y, dims: b.dims },
        );
    });
    return [result];
  },
};
