import { type Dim, printDim } from '../../types/dim.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape, sameShape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Parameters of `BatchNormalization`. */
export interface BatchNormalizationView extends View {
  readonly epsilon: number;
  /** Weight of the old running statistics in training. */
  readonly momentum: number;
  /** Whether the statistics of the batch are used and the running ones updated. */
  readonly trainingMode: boolean;
  /** Whether there is one mean and variance a channel; else (opset 7 and 8) one for each place of a sample. */
  readonly spatial: boolean;
}

export function batchNormalizationView(ctx: OpContext): BatchNormalizationView {
  return {
    epsilon: ctx.float('epsilon') ?? 1e-5,
    momentum: ctx.float('momentum') ?? 0.9,
    trainingMode: trainingMode(ctx),
    spatial: (ctx.int('spatial') ?? 1) !== 0,
  };
}

/** Before opset 14 the outputs that are asked for tell the mode, and before opset 7 an attribute does. */
function trainingMode(ctx: OpContext): boolean {
  if (ctx.version >= 14) return ctx.int('training_mode') === 1;
  if (ctx.version < 7 && ctx.version > 0) return ctx.int('is_test') !== 1;
  for (let i = 1; i < ctx.outputCount; i += 1) if (ctx.hasOutput(i)) return true;
  return false;
}

/** Shape of scale, bias, mean and variance. */
function parameterShape(ctx: OpContext, view: BatchNormalizationView): readonly Dim[] | undefined {
  const x = ctx.shape(0);
  if (x === undefined) return undefined;
  if (x.length === 0) throw ctx.invalid('a scalar has no channels');
  if (!view.spatial) return x.slice(1);
  return [x.length === 1 ? 1 : (x[1] ?? 1)];
}

/** The operator `BatchNormalization`. */
export const batchNormalization: Operator<BatchNormalizationView> = operator<BatchNormalizationView>({
  name: 'BatchNormalization',
  view: batchNormalizationView,
  infer(ctx, view) {
    const wanted = parameterShape(ctx, view);
    for (let i = 1; i <= 4; i += 1) {
      const shape = ctx.shape(i);
      if (wanted && shape && sameShape(shape, wanted) === 'no') {
        throw ctx.invalid(`operand ${i} has shape ${printShape(shape)}, not ${printShape(wanted)}`);
      }
    }
    // Running statistics come first; opsets before 14 also hand out those of the batch.
    const outputs = [ctx.type(0), ctx.type(3), ctx.type(4), ctx.type(3), ctx.type(4)];
    return outputs.slice(0, ctx.outputCount);
  },
});

/** Refuses a per-channel operand unless it is [channels]. */
export function checkPerChannel(ctx: OpContext, index: number, channels: Dim | undefined): void {
  const shape = ctx.shape(index);
  if (shape === undefined || channels === undefined) return;
  if (shape.length !== 1 || sameDim(shape[0] ?? 1, channels) === 'no') {
    throw ctx.invalid(`operand ${index} has shape ${printShape(shape)}, not [${printDim(channels)}]`);
  }
}
