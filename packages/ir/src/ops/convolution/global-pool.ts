import { printShape } from '../../types/shape.ts';
import { tensorType, type ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { exponentOf } from './pool.ts';

/** Parameters of `GlobalLpPool`. */
export interface GlobalLpPoolView extends View {
  readonly p: number;
}

/** Every spatial axis becomes 1. */
function infer(ctx: OpContext): readonly (ValueType | undefined)[] {
  const dtype = ctx.dtype(0);
  const shape = ctx.shape(0);
  if (shape && shape.length < 2) throw ctx.invalid(`${printShape(shape)} has no channels`);
  return [
    dtype &&
      tensorType(
        dtype,
        shape?.map((d, i) => (i < 2 ? d : 1)),
      ),
  ];
}

/** The operator `GlobalAveragePool`. */
export const globalAveragePool: Operator<View> = operator<View>({
  name: 'GlobalAveragePool',
  view: () => ({}),
  infer,
});

/** The operator `GlobalMaxPool`. */
export const globalMaxPool: Operator<View> = operator<View>({
  name: 'GlobalMaxPool',
  view: () => ({}),
  infer,
});

/** The operator `GlobalLpPool`. */
export const globalLpPool: Operator<GlobalLpPoolView> = operator<GlobalLpPoolView>({
  name: 'GlobalLpPool',
  view: (ctx) => ({ p: exponentOf(ctx) }),
  infer,
});
