import { refineDims } from '../../infer/refine.ts';
import { broadcastsInto, printShape, sameShape } from '../../types/shape.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { commonDType, type NoParameters, noParameters, sameAsFirst, typeOfResult } from './operands.ts';

/** An activation with float attributes, listed with their defaults; the view has them by the same names. */
function activation<K extends string>(
  name: string,
  defaults: Readonly<Record<K, number>>,
): Operator<Readonly<Record<K, number>>> {
  return operator<Readonly<Record<K, number>>>({
    name,
    view(ctx) {
      const view: Record<K, number> = { ...defaults };
      for (const key in defaults) view[key] = ctx.float(key) ?? defaults[key];
      return view;
    },
    infer: sameAsFirst,
  });
}

type Alpha = Operator<{ readonly alpha: number }>;

/** The operator `LeakyRelu`. */
export const leakyRelu: Alpha = activation('LeakyRelu', { alpha: 0.01 });
/** The operator `Elu`. */
export const elu: Alpha = activation('Elu', { alpha: 1 });
/** The operator `Celu`. */
export const celu: Alpha = activation('Celu', { alpha: 1 });
/** The operator `Swish`. */
export const swish: Alpha = activation('Swish', { alpha: 1 });
/** The operator `ThresholdedRelu`. */
export const thresholdedRelu: Alpha = activation('ThresholdedRelu', { alpha: 1 });
/** The operator `Selu`. */
export const selu: Operator<{ readonly alpha: number; readonly gamma: number }> = activation('Selu', {
  alpha: 1.67326319,
  gamma: 1.05070102,
});
/** The operator `HardSigmoid`. */
export const hardSigmoid: Operator<{ readonly alpha: number; readonly beta: number }> = activation(
  'HardSigmoid',
  {
    alpha: 0.2,
    beta: 0.5,
  },
);
/** Zero between -lambd and lambd; elsewhere nearer to zero by the bias. */
export const shrink: Operator<{ readonly bias: number; readonly lambd: number }> = activation('Shrink', {
  bias: 0,
  lambd: 0.5,
});

/** `approximate`: `none` (by the error function) or `tanh`. */
export const gelu: Operator<{ readonly approximate: 'none' | 'tanh' }> = operator({
  name: 'Gelu',
  view(ctx) {
    const approximate = ctx.string('approximate') ?? 'none';
    if (approximate !== 'none' && approximate !== 'tanh')
      throw ctx.invalid(`approximate is "${approximate}"`);
    return { approximate };
  },
  infer: sameAsFirst,
});

/** Slopes broadcast to the data, never the other way round. */
function inferPRelu(ctx: OpContext): ReturnType<Operator['infer']> {
  const shape = ctx.shape(0);
  const slope = ctx.shape(1);
  // Before opset 7 slopes were one for all elements, or one for each channel (axis 1).
  if (ctx.version >= 7 && broadcastsInto(slope, shape) === 'no') {
    throw ctx.invalid(`slopes of shape ${printShape(slope)} do not broadcast to ${printShape(shape)}`);
  }
  return typeOfResult(commonDType(ctx, [0, 1]), shape);
}

/** `alpha` of the Swish that gates; gate and value have one shape, without broadcasting. */
export const swiGlu: Alpha = operator({
  name: 'SwiGLU',
  view: (ctx) => ({ alpha: ctx.float('alpha') ?? 1 }),
  infer(ctx) {
    const [gate, value] = [ctx.shape(0), ctx.shape(1)];
    const dtype = commonDType(ctx, [0, 1]);
    if (!gate || !value) return typeOfResult(dtype, gate ?? value);
    if (sameShape(gate, value) === 'no') {
      throw ctx.invalid(`a gate of shape ${printShape(gate)} does not fit ${printShape(value)}`);
    }
    return typeOfResult(dtype, refineDims(gate, value));
  },
});

const prelu = operator<NoParameters>({ name: 'PRelu', view: () => noParameters, infer: inferPRelu });

export const activationOperators: readonly Operator[] = [
  ...['Relu', 'Sigmoid', 'HardSwish', 'Softplus', 'Softsign', 'Mish'].map((name) => activation(name, {})),
  leakyRelu,
  elu,
  celu,
  selu,
  hardSigmoid,
  swish,
  thresholdedRelu,
  shrink,
  gelu,
  swiGlu,
  prelu,
];
