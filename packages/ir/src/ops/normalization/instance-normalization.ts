import { printShape } from '../../types/shape.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { checkPerChannel } from './batch-normalization.ts';

/** Parameters of `InstanceNormalization`. */
export interface InstanceNormalizationView extends View {
  readonly epsilon: number;
}

/** Normalises every channel of every sample of [N, C, d1, ..., dn] by its own statistics. */
export const instanceNormalization: Operator<InstanceNormalizationView> = operator<InstanceNormalizationView>(
  {
    name: 'InstanceNormalization',
    view: (ctx) => ({ epsilon: ctx.float('epsilon') ?? 1e-5 }),
    infer(ctx) {
      const x = ctx.shape(0);
      if (x && x.length < 2) throw ctx.invalid(`input ${printShape(x)} has no channels`);
      checkPerChannel(ctx, 1, x?.[1]);
      checkPerChannel(ctx, 2, x?.[1]);
      return [ctx.type(0)];
    },
  },
);
