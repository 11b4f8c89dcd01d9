import type { NdArray, NdValue } from '../../tensor/nd-array.ts';
import type { Reals } from '../../tensor/reals.ts';
import { reals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { type Bigs, isBig, writeReals } from './loops.ts';

/** `out[i] = f(x[i])` over whole arrays of one length. */
export type Loop<T> = (out: T, x: T) => void;

export interface UnaryLoops {
  readonly reals: Loop<Reals>;
  readonly bigs?: Loop<Bigs>;
}

/** A loop that calls a function: for functions that cost much more than the call. */
export function loopOf(f: (x: number) => number): Loop<Reals> {
  return (out, x) => {
    for (let i = 0; i < out.length; i += 1) out[i] = f(x[i] as number);
  };
}

/** Applies loops to an array of a numeric type; the result has the same type and dims. */
export function applyUnary(loops: UnaryLoops, x: NdArray, ctx: KernelContext): NdArray {
  const result = ctx.alloc(x.dtype, x.dims);
  if (isBig(x.data)) {
    if (!loops.bigs || !isBig(result.data)) throw ctx.op.invalid(`it does not take ${x.dtype}`);
    loops.bigs(result.data, x.data);
  } else {
    writeReals(result, ctx, (out) => loops.reals(out, reals(x)));
  }
  return result;
}

/** A kernel whose loops depend on its node (`loops` is called once a run) or not. */
export function unary(name: string, loops: UnaryLoops | ((ctx: KernelContext) => UnaryLoops)): Kernel {
  return {
    name,
    run(inputs: readonly (NdValue | undefined)[], ctx) {
      const x = realOperand(inputs, ctx, 0);
      return [applyUnary(typeof loops === 'function' ? loops(ctx) : loops, x, ctx)];
    },
  };
}
