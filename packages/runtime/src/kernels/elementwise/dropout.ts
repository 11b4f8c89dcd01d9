import { dropout as dropoutOperator } from '@refold/ir';
import { Random } from '../../run/random.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals, storeReals } from '../../tensor/reals.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { doubles } from '../real-result.ts';
import { writeReals } from './loops.ts';

/** Inference hands the operand through. Training zeroes a random share and scales up the rest. */
export const dropout: Kernel = {
  name: 'Dropout',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const { training, ratio = 0.5, seed } = dropoutOperator.view(ctx.op);
    const kept = training && ratio > 0 ? keepSome(x, ratio, seed, ctx) : undefined;
    return [kept ? scaled(x, kept, ratio, ctx) : x, ctx.wants(1) ? maskOf(x, kept, ctx) : undefined];
  },
};

/** 1 where an element is kept. */
function keepSome(x: NdArray, ratio: number, seed: number | undefined, ctx: KernelContext): Float64Array {
  const kept = doubles(ctx, x.dims);
  const own = seed === undefined ? undefined : new Random(seed);
  const next = own ? () => own.next() : () => ctx.random();
  for (let i = 0; i < kept.length; i += 1) kept[i] = next() >= ratio ? 1 : 0;
  return kept;
}

function scaled(x: NdArray, kept: Float64Array, ratio: number, ctx: KernelContext): NdArray {
  const result = ctx.alloc(x.dtype, x.dims);
  const scale = 1 / (1 - ratio);
  const values = reals(x);
  writeReals(result, ctx, (out) => {
    for (let i = 0; i < out.length; i += 1) out[i] = kept[i] === 1 ? (values[i] as number) * scale : 0;
  });
  return result;
}

/** Before opset 10 the mask has the type of the data. */
function maskOf(x: NdArray, kept: Float64Array | undefined, ctx: KernelContext): NdArray {
  const mask = ctx.alloc(ctx.op.version < 10 ? x.dtype : 'bool', x.dims);
  storeReals(kept ?? doubles(ctx, x.dims).fill(1), mask);
  return mask;
}
