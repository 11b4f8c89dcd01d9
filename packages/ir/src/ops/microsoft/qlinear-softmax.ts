import { normalAxis } from '../axis.ts';
import { typeOfResult } from '../elementwise/operands.ts';
import { type Operator, operator } from '../operator.ts';
import type { SoftmaxView } from '../reduction/softmax.ts';

/** Softmax of codes. The attribute `opset` says which Softmax is meant: before 13, all axes from `axis` on. */
export const qLinearSoftmax: Operator<SoftmaxView> = operator<SoftmaxView>({
  domain: 'com.microsoft',
  name: 'QLinearSoftmax',
  view(ctx) {
    const opset = ctx.int('opset');
    if (opset === undefined) throw ctx.invalid('attribute opset is missing');
    return { axis: normalAxis(ctx, ctx.int('axis') ?? -1, ctx.rank(0)), coerced: opset < 13 };
  },
  infer: (ctx) => typeOfResult(ctx.dtype(0), ctx.shape(0)),
});
