import { qLinearLeakyRelu as leakyReluOperator } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { leaky, sigmoid } from '../elementwise/activations.ts';
import { add, mul } from '../elementwise/arithmetic.ts';
import { type BinaryLoops, binary } from '../elementwise/loops.ts';
import { applyUnary, loopOf, type UnaryLoops } from '../elementwise/unary.ts';
import { select } from '../elementwise/where.ts';
import type { Kernel, KernelContext } from '../kernel.ts';
import { codesOperand, codingOperands, decodedOperand, encoded, mapCodes } from './quantized.ts';

const domain = 'com.microsoft';

/** Two operands, each before its scale and zero point, then scale and zero point of the result. */
function quantizedBinary(name: string, loops: BinaryLoops): Kernel {
  return {
    domain,
    name,
    run(inputs, ctx) {
      const { dtype } = codesOperand(inputs, ctx, 0);
      const numbers = binary(loops, decodedOperand(inputs, ctx, 0), decodedOperand(inputs, ctx, 3), ctx);
      return [encoded(numbers, codingOperands(inputs, ctx, 6, dtype), dtype, ctx)];
    },
  };
}

function quantizedUnary(name: string, loops: (ctx: KernelContext) => UnaryLoops): Kernel {
  return {
    domain,
    name,
    run(inputs, ctx) {
      const codes = codesOperand(inputs, ctx, 0);
      const from = codingOperands(inputs, ctx, 1, codes.dtype);
      const to = codingOperands(inputs, ctx, 3, codes.dtype);
      const f = (numbers: NdArray): NdArray => applyUnary(loops(ctx), numbers, ctx);
      return [mapCodes(codes, from, to, f, ctx)];
    },
  };
}

/** Both branches are brought to the result's scale, then chosen from. */
const qLinearWhere: Kernel = {
  domain,
  name: 'QLinearWhere',
  run(inputs, ctx) {
    const { dtype } = codesOperand(inputs, ctx, 1);
    const to = codingOperands(inputs, ctx, 7, dtype);
    const branch = (index: number): NdArray => {
      const codes = codesOperand(inputs, ctx, index);
      return mapCodes(codes, codingOperands(inputs, ctx, index + 1, codes.dtype), to, (x) => x, ctx);
    };
    return [select(inputs[0], branch(1), branch(4), ctx)];
  },
};

export const qLinearElementwiseKernels: readonly Kernel[] = [
  quantizedBinary('QLinearAdd', add),
  quantizedBinary('QLinearMul', mul),
  quantizedUnary('QLinearSigmoid', () => ({ reals: loopOf(sigmoid) })),
  quantizedUnary('QLinearLeakyRelu', (ctx) => ({ reals: leaky(leakyReluOperator.view(ctx.op).alpha) })),
  qLinearWhere,
];
