import { causalConvWithState } from '@refold/ir';
import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { realResult } from '../real-result.ts';
import { resultDims } from '../result-dims.ts';

export const causalConvKernel: Kernel = {
  name: 'CausalConvWithState',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const w = realOperand(inputs, ctx, 1);
    const bias = inputs[2] && reals(realOperand(inputs, ctx, 2));
    const past = inputs[3] && realOperand(inputs, ctx, 3);
    const view = causalConvWithState.view(ctx.op);
    const result = realResult(ctx, x.dtype, resultDims(ctx, causalConvWithState, view));
    const [batch = 0, channels = 0, length = 0] = x.dims;
    const taps = w.dims[2] ?? 1;
    const carried = taps - 1;
    const stateDims = [batch, channels, carried];
    if (past && past.dims.join() !== stateDims.join()) {
      throw ctx.op.invalid(`past_state has shape [${past.dims.join(', ')}], not [${stateDims.join(', ')}]`);
    }
    const present = realResult(ctx, x.dtype, stateDims);
    const data = reals(x);
    const weights = reals(w);
    const before = past && reals(past);
    // What the state carries, then the new inputs.
    const empty = result.values.length === 0 && present.values.length === 0;
    const line = new Float64Array(empty ? 0 : carried + length);
    for (let row = 0; row < batch * channels && !empty; row += 1) {
      const c = row % channels;
      for (let i = 0; i < carried; i += 1) line[i] = before ? (before[row * carried + i] as number) : 0;
      for (let i = 0; i < length; i += 1) line[carried + i] = data[row * length + i] as number;
      for (let i = 0; i < length; i += 1) {
        let sum = 0;
        for (let t = 0; t < taps; t += 1) sum += (line[i + t] as number) * (weights[c * taps + t] as number);
        sum += bias?.[c] ?? 0;
        result.values[row * length + i] = view.silu ? sum / (1 + Math.exp(-sum)) : sum;
      }
      present.values.set(line.subarray(length), row * carried);
      ctx.tick();
    }
    return [result.done(), present.done()];
  },
};
