import { maxDims, minDims } from '../../types/dim-bounds.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { arithmeticContents } from './contents.ts';
import { commonDType, typeOfResult } from './operands.ts';

/**
 * Bounds, from attributes (before opset 11) or operands. `min` and `max` are undefined when there is none,
 * and when it is not constant: `hasMin` and `hasMax` tell these apart.
 */
export interface ClipView extends View {
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly hasMin: boolean;
  readonly hasMax: boolean;
}

/** The default bounds of the attribute form are the largest float32 numbers, which bound infinities. */
function attributeBounds(ctx: OpContext): ClipView {
  const min = ctx.float('min');
  const max = ctx.float('max');
  return { min, max, hasMin: min !== undefined, hasMax: max !== undefined };
}

function bound(ctx: OpContext, index: number): number | undefined {
  const values = ctx.floats(index);
  if (values && values.length !== 1) throw ctx.invalid(`a bound has ${values.length} elements, not one`);
  return values?.[0];
}

/** Limits elements to [min, max]; where min > max, all become max. */
export const clip: Operator<ClipView> = operator<ClipView>({
  name: 'Clip',
  view(ctx) {
    if (ctx.version !== 0 && ctx.version < 11) return attributeBounds(ctx);
    return { min: bound(ctx, 1), max: bound(ctx, 2), hasMin: ctx.hasInput(1), hasMax: ctx.hasInput(2) };
  },
  infer: (ctx) => typeOfResult(commonDType(ctx, [0, 1, 2]), ctx.shape(0)),
  contents(ctx, { hasMin, hasMax }) {
    return arithmeticContents(ctx, (x = 0, a = 0, b = 0) => {
      const low = hasMin ? maxDims(x, a) : x;
      return hasMax ? minDims(low, b) : low;
    });
  },
});
