import type { DType } from '../../types/dtype.ts';
import { broadcastsInto, printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import { normalAxis } from '../axis.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { stashType } from './stash-type.ts';

/** Parameters of `LayerNormalization`. */
export interface LayerNormalizationView extends View {
  /** First of the axes that are normalised together; the others up to the last follow. */
  readonly axis: number;
  readonly epsilon: number;
  /** Type of the statistics that are handed out. */
  readonly stashType: DType;
}

/** LayerNormalization and RMSNormalization have the same parameters. */
export function layerNormalizationView(ctx: OpContext): LayerNormalizationView {
  return {
    axis: normalAxis(ctx, ctx.int('axis') ?? -1, ctx.rank(0)),
    epsilon: ctx.float('epsilon') ?? 1e-5,
    stashType: stashType(ctx),
  };
}

function checkBroadcast(ctx: OpContext, index: number): void {
  if (broadcastsInto(ctx.shape(index), ctx.shape(0)) === 'no') {
    throw ctx.invalid(
      `operand ${index} of shape ${printShape(ctx.shape(index))} does not broadcast to the input`,
    );
  }
}

/** The operator `LayerNormalization`. */
export const layerNormalization: Operator<LayerNormalizationView> = operator<LayerNormalizationView>({
  name: 'LayerNormalization',
  view: layerNormalizationView,
  infer(ctx, view) {
    checkBroadcast(ctx, 1);
    checkBroadcast(ctx, 2);
    const statistics = tensorType(
      view.stashType,
      ctx.shape(0)?.map((d, i) => (i < view.axis ? d : 1)),
    );
    return [ctx.type(0), statistics, statistics].slice(0, ctx.outputCount);
  },
});

/** Division by the root of the mean square; the result has the element type of the scale. */
export const rmsNormalization: Operator<LayerNormalizationView> = operator<LayerNormalizationView>({
  name: 'RMSNormalization',
  view: layerNormalizationView,
  infer(ctx) {
    checkBroadcast(ctx, 1);
    const dtype = ctx.dtype(1);
    return [dtype && tensorType(dtype, ctx.shape(0))];
  },
});
