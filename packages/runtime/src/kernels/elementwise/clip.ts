import { clip as clipOperator } from '@refold/ir';
import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import { bigints, reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { isBig, requireSameDType } from './loops.ts';
import { applyUnary, type UnaryLoops } from './unary.ts';

/** min(max, max(x, min)), so that max wins where the bounds are crossed. NaN stays NaN. */
function clipReals(low: number, high: number): UnaryLoops['reals'] {
  return (out, x) => {
    for (let i = 0; i < out.length; i += 1) out[i] = Math.min(Math.max(x[i] as number, low), high);
  };
}

function clipBigs(low: bigint | undefined, high: bigint | undefined): NonNullable<UnaryLoops['bigs']> {
  return (out, x) => {
    for (let i = 0; i < out.length; i += 1) {
      const v = x[i] as bigint;
      const raised = low !== undefined && v < low ? low : v;
      out[i] = high !== undefined && raised > high ? high : raised;
    }
  };
}

/** The operand with a bound, of the same type as the data and with one element. */
function boundOperand(
  inputs: readonly (NdValue | undefined)[],
  ctx: KernelContext,
  index: number,
  x: NdArray,
): NdArray | undefined {
  if (inputs[index] === undefined) return undefined;
  const bound = realOperand(inputs, ctx, index);
  requireSameDType(x, bound, ctx);
  if (bound.size !== 1) throw ctx.op.invalid(`a bound has ${bound.size} elements, not one`);
  return bound;
}

export const clip: Kernel = {
  name: 'Clip',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const view = clipOperator.view(ctx.op);
    const low = boundOperand(inputs, ctx, 1, x);
    const high = boundOperand(inputs, ctx, 2, x);
    const min = (low && reals(low)[0]) ?? view.min ?? Number.NEGATIVE_INFINITY;
    const max = (high && reals(high)[0]) ?? view.max ?? Number.POSITIVE_INFINITY;
    const bigs = isBig(x.data) ? clipBigs(low && bigints(low)[0], high && bigints(high)[0]) : undefined;
    return [applyUnary({ reals: clipReals(min, max), ...(bigs && { bigs }) }, x, ctx)];
  },
};
