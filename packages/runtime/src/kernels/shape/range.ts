import { range } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { asTensor, reals, storeReals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { resultDims } from '../result-dims.ts';

export const rangeKernel: Kernel = {
  name: 'Range',
  run(inputs, ctx) {
    const start = realOperand(inputs, ctx, 0);
    const limit = asTensor(inputs[1], ctx, 1);
    const delta = asTensor(inputs[2], ctx, 2);
    if (start.size !== 1 || limit.size !== 1 || delta.size !== 1)
      throw ctx.op.invalid('the bounds must be scalars');
    if (start.dtype !== limit.dtype || start.dtype !== delta.dtype)
      throw ctx.op.invalid('the bounds differ in type');
    const output = ctx.alloc(start.dtype, resultDims(ctx, range, range.view(ctx.op)));
    if (output.data instanceof BigInt64Array) fillBig(output.data, start, delta);
    else fillReals(output, start, delta);
    return [output];
  },
};

function fillBig(into: BigInt64Array, start: NdArray, delta: NdArray): void {
  let value = BigInt(start.data[0] ?? 0);
  const step = BigInt(delta.data[0] ?? 0);
  for (let i = 0; i < into.length; i += 1, value += step) into[i] = value;
}

/** Each element is rounded once: adding the step again and again would drift. */
function fillReals(output: NdArray, start: NdArray, delta: NdArray): void {
  const first = reals(start)[0] ?? 0;
  const step = reals(delta)[0] ?? 0;
  const values = new Float64Array(output.size);
  for (let i = 0; i < values.length; i += 1) values[i] = first + i * step;
  storeReals(values, output);
}
