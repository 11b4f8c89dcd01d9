import { type Shape, sameDim, type Value } from '@refold/ir';
import {
  type ConstRef,
  commutative,
  constant,
  no,
  oneOf,
  op,
  type Pat,
  type ValueTest,
  type Verdict,
  yes,
} from '@refold/matcher';
import type { Layer, ReshapedLayer } from './layer.ts';

/**
 * y = x * scale + shift with one scale and one shift a channel. Each list has one element a channel, or one
 * for all of them.
 */
export interface Affine {
  readonly scale: ArrayLike<number>;
  readonly shift: ArrayLike<number>;
}

/** A value with a constant added or multiplied, or normalized by constant statistics. */
export type AffineForm = 'add' | 'subtract' | 'subtractFrom' | 'multiply' | 'divide' | 'normalize';

/** What {@link affine} captures. */
export interface AffineParts {
  readonly by: string;
  /** The constant operand; the others are those of a BatchNormalization. */
  readonly k?: ConstRef | undefined;
  readonly scale?: ConstRef | undefined;
  readonly shift?: ConstRef | undefined;
  readonly mean?: ConstRef | undefined;
  readonly variance?: ConstRef | undefined;
  readonly epsilon?: unknown;
}

/** One number a channel. Without `spatial`, opsets 7 and 8 have one for each place, which at rank 2 is the same. */
const statistics = ['scale', 'shift', 'mean', 'variance'].map((name) =>
  constant(name, { dtype: 'float', dims: ['channels'] }),
);

/**
 * An affine function of `inner`, in one of these forms. BatchNormalization in inference is one; Add, Sub, Mul and
 * Div by a constant are where {@link isAlongChannels}. `test` is asked of the result.
 */
export function affine(
  inner: Pat<ReshapedLayer>,
  forms: readonly AffineForm[],
  test?: ValueTest,
): Pat<ReshapedLayer & AffineParts>;
export function affine(
  inner: Pat<Layer>,
  forms: readonly AffineForm[],
  test?: ValueTest,
): Pat<Layer & AffineParts>;
export function affine(
  inner: Pat<{ readonly x: Value }>,
  forms: readonly AffineForm[],
  test?: ValueTest,
): Pat<{ readonly x: Value } & AffineParts>;
export function affine(
  inner: Pat<{ readonly x: Value }>,
  forms: readonly AffineForm[],
  test: ValueTest = {},
): Pat<{ readonly x: Value } & AffineParts> {
  const k = constant('k', { dtype: 'float' });
  const all = {
    add: commutative('Add', [inner, k], { test }),
    subtract: op('Sub', [inner, k], { test }),
    subtractFrom: op('Sub', [k, inner], { test }),
    multiply: commutative('Mul', [inner, k], { test }),
    divide: op('Div', [inner, k], { test }),
    normalize: op('BatchNormalization', [inner, ...statistics], {
      params: { trainingMode: false, epsilon: { capture: 'epsilon' } },
      test,
    }),
  };
  return oneOf('by', Object.fromEntries(forms.map((form) => [form, all[form]])));
}

/** The forms without BatchNormalization. */
export const arithmetic: readonly AffineForm[] = ['add', 'subtract', 'subtractFrom', 'multiply', 'divide'];

const one: ArrayLike<number> = [1];
const zero: ArrayLike<number> = [0];

/** Element `c` of a list with one element a channel, or one for all. */
export function at(list: ArrayLike<number>, c: number): number {
  return (list.length === 1 ? list[0] : list[c]) ?? Number.NaN;
}

/** Whether nothing is multiplied. */
export function isShiftOnly({ scale }: Affine): boolean {
  return scale.length === 1 && scale[0] === 1;
}

/** Whether nothing is added. */
export function isScaleOnly({ shift }: Affine): boolean {
  return shift.length === 1 && shift[0] === 0;
}

/**
 * Whether the constants of a match have one element for each of `channels`, which lie on axis `axis` of a value of
 * shape `shape`, or one for all, and leave that shape as it is. Those of BatchNormalization lie on axis 1.
 */
export function isAlongChannels(m: AffineParts, shape: Shape | undefined, axis: number): Verdict {
  if (m.by === 'normalize') return axis === 1 ? yes : no('not-along-channels', 'scale');
  const dims = m.k?.dims;
  if (!dims || !shape || dims.length > shape.length) return no('not-along-channels', 'k');
  const first = shape.length - dims.length;
  const isAlong = dims.every(
    (d, i) => d === 1 || (first + i === axis && sameDim(d, shape[axis] ?? 0) === 'yes'),
  );
  return isAlong ? yes : no('not-along-channels', 'k');
}

/** The numbers of a match. Those of a division by 0, and the like, are not finite. */
export function affineOf(m: AffineParts): Affine | undefined {
  if (m.by === 'normalize') return normalization(m);
  const k = m.k?.floats();
  if (!k) return undefined;
  switch (m.by) {
    case 'add':
      return { scale: one, shift: k };
    case 'subtract':
      return { scale: one, shift: k.map((v) => -v) };
    case 'subtractFrom':
      return { scale: [-1], shift: k };
    case 'multiply':
      return { scale: k, shift: zero };
    default:
      return { scale: k.map((v) => 1 / v), shift: zero };
  }
}

/** (x - mean) scale / sqrt(variance + epsilon) + shift. */
function normalization(m: AffineParts): Affine | undefined {
  const [scale, shift, mean, variance] = [m.scale, m.shift, m.mean, m.variance].map((c) => c?.floats());
  const { epsilon } = m;
  if (!scale || !shift || !mean || !variance || typeof epsilon !== 'number') return undefined;
  const k = scale.map((s, c) => s / Math.sqrt(at(variance, c) + epsilon));
  return { scale: k, shift: shift.map((t, c) => t - at(mean, c) * at(k, c)) };
}
