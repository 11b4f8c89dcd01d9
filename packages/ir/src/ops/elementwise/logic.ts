import type { Dim } from '../../types/dim.ts';
import { dimRange, sameDim } from '../../types/dim-bounds.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { mapContents } from './contents.ts';
import { broadcastOperands, commonDType, type NoParameters, noParameters, typeOfResult } from './operands.ts';

/** 1 or 0 for what holds or fails whatever the sizes are. */
type Test = (a: Dim, b: Dim) => boolean | undefined;

/** Two operands of one type; the result is bool. */
function comparison(name: string, test?: Test): Operator {
  return operator<NoParameters>({
    name,
    view: () => noParameters,
    infer(ctx) {
      commonDType(ctx, [0, 1]);
      return typeOfResult('bool', broadcastOperands(ctx, [0, 1]));
    },
    ...(test && {
      contents: (ctx: OpContext) =>
        mapContents([ctx.dims(0), ctx.dims(1)], (a = 0, b = 0) => {
          const holds = test(a, b);
          return holds === undefined ? undefined : Number(holds);
        }),
    }),
  });
}

function equal(a: Dim, b: Dim): boolean | undefined {
  const known = sameDim(a, b);
  return known === 'unknown' ? undefined : known === 'yes';
}

function less(a: Dim, b: Dim): boolean | undefined {
  const x = dimRange(a);
  const y = dimRange(b);
  if (x.hi < y.lo) return true;
  return x.lo >= y.hi || sameDim(a, b) === 'yes' ? false : undefined;
}

const not = (known: boolean | undefined): boolean | undefined => (known === undefined ? undefined : !known);

/** Operands and result have one type, bool or integer. */
function sameType(name: string): Operator {
  return operator<NoParameters>({
    name,
    view: () => noParameters,
    infer(ctx) {
      const operands = ctx.inputCount > 1 ? [0, 1] : [0];
      return typeOfResult(commonDType(ctx, operands), broadcastOperands(ctx, operands));
    },
  });
}

/** `left`: the direction. What is shifted out is lost; counts of the width and more shift everything out. */
export const bitShift: Operator<{ readonly left: boolean }> = operator({
  name: 'BitShift',
  view(ctx) {
    const direction = ctx.string('direction');
    if (direction !== 'LEFT' && direction !== 'RIGHT')
      throw ctx.invalid('direction is neither LEFT nor RIGHT');
    return { left: direction === 'LEFT' };
  },
  infer: (ctx) => typeOfResult(commonDType(ctx, [0, 1]), broadcastOperands(ctx, [0, 1])),
});

/** Which infinities count. */
export interface IsInfView extends View {
  readonly negative: boolean;
  readonly positive: boolean;
}

/** The operator `IsInf`. */
export const isInf: Operator<IsInfView> = operator<IsInfView>({
  name: 'IsInf',
  view: (ctx) => ({ negative: ctx.int('detect_negative') !== 0, positive: ctx.int('detect_positive') !== 0 }),
  infer: (ctx) => typeOfResult('bool', ctx.shape(0)),
});

const isNan = operator<NoParameters>({
  name: 'IsNaN',
  view: () => noParameters,
  infer: (ctx) => typeOfResult('bool', ctx.shape(0)),
});

export const logicOperators: readonly Operator[] = [
  comparison('Equal', equal),
  comparison('Less', less),
  comparison('LessOrEqual', (a, b) => not(less(b, a))),
  comparison('Greater', (a, b) => less(b, a)),
  comparison('GreaterOrEqual', (a, b) => not(less(a, b))),
  ...['And', 'Or', 'Xor', 'Not', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'BitwiseNot'].map(sameType),
  bitShift,
  isInf,
  isNan,
];
