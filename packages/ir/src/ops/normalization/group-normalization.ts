import type { DType } from '../../types/dtype.ts';
import { printShape } from '../../types/shape.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { checkPerChannel } from './batch-normalization.ts';
import { stashType } from './stash-type.ts';

/** Parameters of `GroupNormalization`. */
export interface GroupNormalizationView extends View {
  readonly numGroups: number;
  readonly epsilon: number;
  /** Whether scale and bias have one element a channel; in opset 18 they have one a group. */
  readonly perChannel: boolean;
  readonly stashType: DType;
}

/** The operator `GroupNormalization`. */
export const groupNormalization: Operator<GroupNormalizationView> = operator<GroupNormalizationView>({
  name: 'GroupNormalization',
  view(ctx) {
    const numGroups = ctx.int('num_groups');
    if (numGroups === undefined || !(numGroups >= 1)) throw ctx.invalid(`num_groups is ${numGroups}`);
    return {
      numGroups,
      epsilon: ctx.float('epsilon') ?? 1e-5,
      perChannel: ctx.version >= 21,
      stashType: stashType(ctx),
    };
  },
  infer(ctx, view) {
    const x = ctx.shape(0);
    if (x && x.length < 2) throw ctx.invalid(`input ${printShape(x)} has no channels`);
    const channels = x?.[1];
    if (typeof channels === 'number' && channels % view.numGroups !== 0) {
      throw ctx.invalid(`${channels} channels do not divide into ${view.numGroups} groups`);
    }
    const parameters = view.perChannel ? channels : view.numGroups;
    checkPerChannel(ctx, 1, parameters);
    checkPerChannel(ctx, 2, parameters);
    return [ctx.type(0)];
  },
});
