import { reals } from '../../tensor/reals.ts';
import type { Kernel } from '../kernel.ts';
import { realOperand } from '../real-operand.ts';
import { perTensor, ROUNDER, storeCodes } from './codes.ts';

/**
 * Scale and zero point from the range of the data, which is widened to hold 0. For data that is all zero
 * ONNX leaves the scale open (its function body divides 0 by it); it is 1 here.
 */
export const dynamicQuantizeLinear: Kernel = {
  name: 'DynamicQuantizeLinear',
  run(inputs, ctx) {
    const x = realOperand(inputs, ctx, 0);
    const values = reals(x);
    let min = 0;
    let max = 0;
    for (let i = 0; i < values.length; i += 1) {
      const v = values[i] as number;
      if (v < min) min = v;
      if (v > max) max = v;
    }
    const scale = ctx.alloc('float32', []);
    const zeroPoint = ctx.alloc('uint8', []);
    const step = Math.fround(Math.fround(max - min) / 255);
    scale.data[0] = max === min ? 1 : step;
    const zero = Math.fround(-min / Number(scale.data[0]));
    zeroPoint.data[0] = Math.max(0, Math.min(255, zero)) + ROUNDER - ROUNDER;
    const codes = ctx.alloc('uint8', x.dims);
    storeCodes(values, { layout: perTensor, scale: reals(scale), zeroPoint: reals(zeroPoint) }, codes, ctx);
    return [codes, scale, zeroPoint];
  },
};
