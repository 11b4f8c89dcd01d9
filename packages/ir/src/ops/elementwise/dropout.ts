import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Undefined where an operand that is not constant decides. */
export interface DropoutView extends View {
  readonly training: boolean | undefined;
  /** Share of elements that training drops. */
  readonly ratio: number | undefined;
  /** With a seed training drops the same elements in each run. */
  readonly seed: number | undefined;
}

/** Before opset 7 there was an attribute for inference; from 7 to 11 there is no training at all. */
function training(ctx: OpContext): boolean | undefined {
  if (ctx.version < 7) return ctx.int('is_test') === 0;
  if (ctx.version < 12 || !ctx.hasInput(2)) return false;
  const mode = ctx.ints(2)?.[0];
  return mode === undefined ? undefined : mode !== 0;
}

/** Inference hands the operand through; the mask (all true then) has the type of the data before opset 10. */
export const dropout: Operator<DropoutView> = operator<DropoutView>({
  name: 'Dropout',
  view(ctx) {
    const given = ctx.version < 12 ? ctx.float('ratio') : ctx.hasInput(1) ? ctx.floats(1)?.[0] : 0.5;
    if (given !== undefined && !(given >= 0 && given < 1))
      throw ctx.invalid(`ratio ${given} is not in [0, 1)`);
    return { training: training(ctx), ratio: given, seed: ctx.int('seed') };
  },
  infer(ctx) {
    const dtype = ctx.dtype(0);
    const shape = ctx.shape(0);
    const mask = ctx.version < 10 ? dtype : 'bool';
    return [dtype && tensorType(dtype, shape), mask && tensorType(mask, shape)].slice(0, ctx.outputCount);
  },
});
