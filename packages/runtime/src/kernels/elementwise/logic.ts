import {
  bitShift as bitShiftOperator,
  dtypeBits,
  dtypeKind,
  isInf as isInfOperator,
  isInteger,
} from '@refold/ir';
import { asTensor, type Reals, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { allocBooleans } from './compare.ts';
import { legacyOperand } from './legacy-broadcast.ts';
import { type BinaryLoops, binary, booleans, requireBroadcast, runRows } from './loops.ts';
import { unary } from './unary.ts';

const and: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) & (b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) & (b[y] as bigint);
  },
};

const or: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) | (b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) | (b[y] as bigint);
  },
};

const xor: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) ^ (b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) ^ (b[y] as bigint);
  },
};

/** On bool, where bits of 0 and 1 are the truth values. */
function logical(name: string, loops: BinaryLoops): Kernel {
  return {
    name,
    run(inputs, ctx) {
      const a = asTensor(inputs[0], ctx, 0);
      const b = legacyOperand(a, asTensor(inputs[1], ctx, 1), ctx);
      const { array, out } = allocBooleans(ctx, requireBroadcast(a.dims, b.dims, ctx));
      const x = { data: booleans(a, ctx, 0), dims: a.dims };
      runRows<Reals, Reals>(loops.reals, out, array.dims, x, { data: booleans(b, ctx, 1), dims: b.dims });
      return [array];
    },
  };
}

const not: Kernel = {
  name: 'Not',
  run(inputs, ctx) {
    const a = asTensor(inputs[0], ctx, 0);
    const data = booleans(a, ctx, 0);
    const { array, out } = allocBooleans(ctx, a.dims);
    for (let i = 0; i < out.length; i += 1) out[i] = data[i] === 0 ? 1 : 0;
    return [array];
  },
};

function bitwise(name: string, loops: BinaryLoops): Kernel {
  return {
    name,
    run(inputs, ctx) {
      const a = realOperand(inputs, ctx, 0);
      if (!isInteger(a.dtype)) throw ctx.op.invalid(`it takes integers, not ${a.dtype}`);
      return [binary(loops, a, realOperand(inputs, ctx, 1), ctx)];
    },
  };
}

const bitwiseNot = unary('BitwiseNot', {
  reals(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = ~(x[i] as number);
  },
  bigs(out, x) {
    for (let i = 0; i < out.length; i += 1) out[i] = ~(x[i] as bigint);
  },
});

/** JavaScript takes counts modulo 32. Here a count outside 0 .. width - 1 shifts every bit out. */
function shiftLeft(bits: number): BinaryLoops {
  const width = BigInt(bits);
  return {
    reals(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const count = b[y] as number;
        out[i] = count >= 0 && count < bits ? (a[x] as number) << count : 0;
      }
    },
    bigs(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const count = b[y] as bigint;
        out[i] = count >= 0n && count < width ? (a[x] as bigint) << count : 0n;
      }
    },
  };
}

/** The sign fills from the left; where every bit is shifted out, it is all that stays. */
function shiftRight(bits: number): BinaryLoops {
  const width = BigInt(bits);
  return {
    reals(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const count = b[y] as number;
        const value = a[x] as number;
        if (count >= 0 && count < bits) out[i] = value < 0 ? value >> count : value >>> count;
        else out[i] = value < 0 ? -1 : 0;
      }
    },
    bigs(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const count = b[y] as bigint;
        const value = a[x] as bigint;
        if (count >= 0n && count < width) out[i] = value >> count;
        else out[i] = value < 0n ? -1n : 0n;
      }
    },
  };
}

const bitShift: Kernel = {
  name: 'BitShift',
  run(inputs, ctx) {
    const a = realOperand(inputs, ctx, 0);
    if (!isInteger(a.dtype)) throw ctx.op.invalid(`it takes integers, not ${a.dtype}`);
    const bits = dtypeBits(a.dtype);
    const loops = bitShiftOperator.view(ctx.op).left ? shiftLeft(bits) : shiftRight(bits);
    return [binary(loops, a, realOperand(inputs, ctx, 1), ctx)];
  },
};

type FloatTest = (x: Reals, out: Uint8Array, ctx: KernelContext) => void;

function floatTest(name: string, test: FloatTest): Kernel {
  return {
    name,
    run(inputs, ctx) {
      const x = realOperand(inputs, ctx, 0);
      if (dtypeKind(x.dtype) !== 'float') throw ctx.op.invalid(`it takes floats, not ${x.dtype}`);
      const { array, out } = allocBooleans(ctx, x.dims);
      test(reals(x), out, ctx);
      return [array];
    },
  };
}

const isNan = floatTest('IsNaN', (x, out) => {
  for (let i = 0; i < out.length; i += 1) out[i] = Number.isNaN(x[i]) ? 1 : 0;
});

const isInf = floatTest('IsInf', (x, out, ctx) => {
  const { negative, positive } = isInfOperator.view(ctx.op);
  for (let i = 0; i < out.length; i += 1) {
    const v = x[i];
    out[i] =
      (positive && v === Number.POSITIVE_INFINITY) || (negative && v === Number.NEGATIVE_INFINITY) ? 1 : 0;
  }
});

export const logicKernels: readonly Kernel[] = [
  logical('And', and),
  logical('Or', or),
  logical('Xor', xor),
  not,
  bitwise('BitwiseAnd', and),
  bitwise('BitwiseOr', or),
  bitwise('BitwiseXor', xor),
  bitwiseNot,
  bitShift,
  isNan,
  isInf,
];
