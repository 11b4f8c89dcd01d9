import { isFloat, ModelError } from '@refold/ir';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { legacyOperand } from './legacy-broadcast.ts';
import { type BinaryLoops, binary } from './loops.ts';

export const add: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) + (b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) + (b[y] as bigint);
  },
};

const sub: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) - (b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) - (b[y] as bigint);
  },
};

export const mul: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) * (b[y] as number);
  },
  words(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = Math.imul(a[x] as number, b[y] as number);
  },
  bigs(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as bigint) * (b[y] as bigint);
  },
};

const divideFloats: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) / (b[y] as number);
  },
};

/** Integers are truncated toward zero. The one quotient that overflows, of the least integer by -1, wraps. */
function divideIntegers(ctx: KernelContext): BinaryLoops {
  return {
    reals(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const divisor = b[y] as number;
        if (divisor === 0) throw divisionByZero(ctx);
        out[i] = Math.trunc((a[x] as number) / divisor);
      }
    },
    bigs(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const divisor = b[y] as bigint;
        if (divisor === 0n) throw divisionByZero(ctx);
        out[i] = (a[x] as bigint) / divisor;
      }
    },
  };
}

/** ONNX leaves integer division by zero open; runtimes stop, so that is what happens here. */
export function divisionByZero(ctx: KernelContext): ModelError {
  const { label, op } = ctx.op.node;
  return new ModelError('model/run', `${op}: an integer is divided by zero`, { node: label, op });
}

function arithmetic(
  name: string,
  floats: BinaryLoops,
  integers: (ctx: KernelContext) => BinaryLoops,
): Kernel {
  return {
    name,
    run(inputs, ctx) {
      const a = realOperand(inputs, ctx, 0);
      const b = legacyOperand(a, realOperand(inputs, ctx, 1), ctx);
      return [binary(isFloat(a.dtype) ? floats : integers(ctx), a, b, ctx)];
    },
  };
}

export const arithmeticKernels: readonly Kernel[] = [
  arithmetic('Add', add, () => add),
  arithmetic('Sub', sub, () => sub),
  arithmetic('Mul', mul, () => mul),
  arithmetic('Div', divideFloats, divideIntegers),
];
