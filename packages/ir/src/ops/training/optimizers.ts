import type { ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';

/** Operands before the tensors that are trained: the learning rate and the number of the update. */
const SCALARS = 2;

/**
 * Types of the results of one update of n tensors. The operands are groups of n: the tensors, their
 * gradients, then `states` groups of what the optimizer remembers. The results are all but the gradients.
 */
function inferUpdate(ctx: OpContext, states: number): readonly (ValueType | undefined)[] {
  const groups = 2 + states;
  const n = (ctx.inputCount - SCALARS) / groups;
  if (!Number.isInteger(n) || n < 1) {
    throw ctx.invalid(
      `${ctx.inputCount} operands are not ${SCALARS} scalars and ${groups} groups of tensors`,
    );
  }
  const updated = Array.from({ length: n * (1 + states) }, (_, i) => (i < n ? i : i + n));
  return updated.map((i) => ctx.type(SCALARS + i)).slice(0, ctx.outputCount);
}

/** Parameters of `Adagrad`. */
export interface AdagradView extends View {
  readonly decayFactor: number;
  readonly epsilon: number;
  readonly normCoefficient: number;
}

/** One update by accumulated squared gradients. */
export const adagrad: Operator<AdagradView> = operator<AdagradView>({
  domain: 'ai.onnx.preview.training',
  name: 'Adagrad',
  view: (ctx) => ({
    decayFactor: ctx.float('decay_factor') ?? 0,
    epsilon: ctx.float('epsilon') ?? Math.fround(1e-6),
    normCoefficient: ctx.float('norm_coefficient') ?? 0,
  }),
  infer: (ctx) => inferUpdate(ctx, 1),
});

/** Parameters of `Adam`. */
export interface AdamView extends View {
  readonly alpha: number;
  readonly beta: number;
  readonly epsilon: number;
  readonly normCoefficient: number;
  readonly normCoefficientPost: number;
}

/** One update by averaged gradients and averaged squared gradients. */
export const adam: Operator<AdamView> = operator<AdamView>({
  domain: 'ai.onnx.preview.training',
  name: 'Adam',
  view: (ctx) => ({
    alpha: ctx.float('alpha') ?? Math.fround(0.9),
    beta: ctx.float('beta') ?? Math.fround(0.999),
    epsilon: ctx.float('epsilon') ?? Math.fround(1e-6),
    normCoefficient: ctx.float('norm_coefficient') ?? 0,
    normCoefficientPost: ctx.float('norm_coefficient_post') ?? 0,
  }),
  infer: (ctx) => inferUpdate(ctx, 2),
});

/** Parameters of `Momentum`. */
export interface MomentumView extends View {
  readonly alpha: number;
  readonly beta: number;
  readonly mode: 'standard' | 'nesterov';
  readonly normCoefficient: number;
}

/** One update by accumulated gradients. All attributes are required. */
export const momentum: Operator<MomentumView> = operator<MomentumView>({
  domain: 'ai.onnx.preview.training',
  name: 'Momentum',
  view(ctx) {
    const required = (name: string): number => {
      const value = ctx.float(name);
      if (value === undefined) throw ctx.invalid(`attribute ${name} is missing`);
      return value;
    };
    const mode = ctx.string('mode');
    if (mode !== 'standard' && mode !== 'nesterov') throw ctx.invalid(`mode is "${mode ?? ''}"`);
    return {
      alpha: required('alpha'),
      beta: required('beta'),
      mode,
      normCoefficient: required('norm_coefficient'),
    };
  },
  infer: (ctx) => inferUpdate(ctx, 1),
});
