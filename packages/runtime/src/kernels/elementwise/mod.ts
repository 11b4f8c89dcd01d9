import { isFloat, mod as modOperator } from '@refold/ir';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { divisionByZero } from './arithmetic.ts';
import { type BinaryLoops, binary } from './loops.ts';

/** The sign of the dividend, as C has it. */
const truncatedFloats: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) out[i] = (a[x] as number) % (b[y] as number);
  },
};

/** The sign of the divisor, zeros included. */
const flooredFloats: BinaryLoops = {
  reals(out, a, b, at, n, x, dx, y, dy) {
    for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
      const divisor = b[y] as number;
      const rest = (a[x] as number) % divisor;
      if (rest === 0) out[i] = divisor < 0 ? -0 : 0;
      else out[i] = rest < 0 === divisor < 0 || Number.isNaN(rest) ? rest : rest + divisor;
    }
  },
};

function integers(floored: boolean, ctx: KernelContext): BinaryLoops {
  return {
    reals(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const divisor = b[y] as number;
        if (divisor === 0) throw divisionByZero(ctx);
        const rest = (a[x] as number) % divisor;
        out[i] = floored && rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
      }
    },
    bigs(out, a, b, at, n, x, dx, y, dy) {
      for (let i = at; i < at + n; i += 1, x += dx, y += dy) {
        const divisor = b[y] as bigint;
        if (divisor === 0n) throw divisionByZero(ctx);
        const rest = (a[x] as bigint) % divisor;
        out[i] = floored && rest !== 0n && rest < 0n !== divisor < 0n ? rest + divisor : rest;
      }
    },
  };
}

export const mod: Kernel = {
  name: 'Mod',
  run(inputs, ctx) {
    const a = realOperand(inputs, ctx, 0);
    const b = realOperand(inputs, ctx, 1);
    const { fmod } = modOperator.view(ctx.op);
    if (!isFloat(a.dtype)) return [binary(integers(!fmod, ctx), a, b, ctx)];
    if (!fmod && ctx.op.version < 28) throw ctx.op.invalid('floats need fmod = 1 before opset 28');
    return [binary(fmod ? truncatedFloats : flooredFloats, a, b, ctx)];
  },
};
