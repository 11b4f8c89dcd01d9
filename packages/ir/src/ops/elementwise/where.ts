import { type Operator, operator } from '../operator.ts';
import { mapContents } from './contents.ts';
import { broadcastOperands, commonDType, type NoParameters, noParameters, typeOfResult } from './operands.ts';

/** Elements of input 1 where the condition holds, else of input 2. */
export const where: Operator = operator<NoParameters>({
  name: 'Where',
  view: () => noParameters,
  infer(ctx) {
    const condition = ctx.dtype(0);
    if (condition !== undefined && condition !== 'bool')
      throw ctx.invalid(`the condition is ${condition}, not bool`);
    return typeOfResult(commonDType(ctx, [1, 2]), broadcastOperands(ctx, [0, 1, 2]));
  },
  contents(ctx) {
    const condition = ctx.ints(0);
    return mapContents([condition, ctx.dims(1), ctx.dims(2)], (c = 0, x = 0, y = 0) => (c === 0 ? y : x));
  },
});
