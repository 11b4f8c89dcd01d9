import { freshDim } from '../../types/dim.ts';
import { subDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `CausalConvWithState`. */
export interface CausalConvView extends View {
  /** Whether x·sigmoid(x) follows (`silu`, `swish`). */
  readonly silu: boolean;
}

/** Depthwise convolution of [B, C, L] that looks only back, with the last k - 1 inputs carried as a state. */
export const causalConvWithState: Operator<CausalConvView> = operator<CausalConvView>({
  name: 'CausalConvWithState',
  view(ctx) {
    const activation = ctx.string('activation') ?? 'none';
    if (!['none', 'silu', 'swish'].includes(activation))
      throw ctx.invalid(`activation "${activation}" is unknown`);
    return { silu: activation !== 'none' };
  },
  infer(ctx) {
    const dtype = ctx.dtype(0);
    const [x, w] = [ctx.shape(0), ctx.shape(1)];
    for (const shape of [x, w]) {
      if (shape && shape.length !== 3) throw ctx.invalid(`${printShape(shape)} does not have rank 3`);
    }
    const [batch = freshDim(), channels = freshDim(), length = freshDim()] = x ?? [];
    const [rows, middle = 1, taps] = w ?? [];
    if (rows !== undefined && (sameDim(rows, channels) === 'no' || sameDim(middle, 1) === 'no')) {
      throw ctx.invalid(`weights ${printShape(w)} do not fit ${printShape(x)}`);
    }
    if (taps === 0) throw ctx.invalid('the kernel is empty');
    const carried = taps === undefined ? freshDim() : subDims(taps, 1);
    return [
      dtype && tensorType(dtype, [batch, channels, length]),
      dtype && tensorType(dtype, [batch, channels, carried]),
    ].slice(0, ctx.outputCount);
  },
});
