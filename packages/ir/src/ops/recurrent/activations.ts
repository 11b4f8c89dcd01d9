import type { OpContext } from '../context.ts';

/** Activation functions of recurrent operators, one entry per gate and direction. */
export type Activations = {
  /** Names in the spelling of the specification. */
  readonly activations: readonly string[];
  /** First parameter of each, 0 where it has none. */
  readonly alphas: readonly number[];
  /** Second parameter of each, 0 where it has none. */
  readonly betas: readonly number[];
};

interface Parameters {
  /** Default by the operator of the same name; undefined where the parameter must be given. */
  readonly alpha?: number | undefined;
  readonly beta?: number | undefined;
  readonly takes: 0 | 1 | 2;
}

const known: ReadonlyMap<string, Parameters> = new Map<string, Parameters>([
  ['Affine', { takes: 2, alpha: 1, beta: 0 }],
  ['Elu', { takes: 1, alpha: 1 }],
  ['HardSigmoid', { takes: 2, alpha: Math.fround(0.2), beta: 0.5 }],
  ['LeakyRelu', { takes: 1, alpha: Math.fround(0.01) }],
  ['Relu', { takes: 0 }],
  ['ScaledTanh', { takes: 2 }],
  ['Sigmoid', { takes: 0 }],
  ['Softplus', { takes: 0 }],
  ['Softsign', { takes: 0 }],
  ['Tanh', { takes: 0 }],
  ['ThresholdedRelu', { takes: 1, alpha: 1 }],
]);

const bySpelling: ReadonlyMap<string, string> = new Map(
  [...known.keys()].map((name) => [name.toLowerCase(), name]),
);

/**
 * The activations of a node with defaults filled in. Parameters are consumed in the order of the
 * functions that take them.
 *
 * @param defaults those of one direction
 */
export function activationsOf(ctx: OpContext, defaults: readonly string[], directions: number): Activations {
  // The default of the schema does not know how many directions there are.
  const written = ctx.hasAttribute('activations') ? ctx.stringsAttribute('activations') : undefined;
  const names = written?.length ? written : Array.from({ length: directions }, () => defaults).flat();
  if (names.length !== defaults.length * directions) {
    throw ctx.invalid(`it has ${names.length} activations instead of ${defaults.length * directions}`);
  }
  const givenAlphas = [...(ctx.floatsAttribute('activation_alpha') ?? [])].reverse();
  const givenBetas = [...(ctx.floatsAttribute('activation_beta') ?? [])].reverse();
  const alphas: number[] = [];
  const betas: number[] = [];
  const activations = names.map((spelling) => {
    const name = bySpelling.get(spelling.toLowerCase());
    const parameters = name === undefined ? undefined : known.get(name);
    if (name === undefined || parameters === undefined)
      throw ctx.invalid(`activation ${spelling} is not known`);
    const alpha = parameters.takes > 0 ? (givenAlphas.pop() ?? parameters.alpha) : 0;
    const beta = parameters.takes > 1 ? (givenBetas.pop() ?? parameters.beta) : 0;
    if (alpha === undefined || beta === undefined)
      throw ctx.invalid(`activation ${name} needs alpha and beta`);
    alphas.push(alpha);
    betas.push(beta);
    return name;
  });
  return { activations, alphas, betas };
}
