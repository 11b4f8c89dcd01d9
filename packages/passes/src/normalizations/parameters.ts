import { staticShape, type Tensor, tensorFloats, tensorOf, type Value } from '@refold/ir';
import { type Builder, type ConstRef, no, type Query, type Verdict, yes } from '@refold/matcher';

/** What is normalized, and over which trailing axes. */
export interface Normalized {
  readonly x: Value;
  readonly axes: readonly number[];
}

/** Operators refuse a negative epsilon, and as an attribute it must be one number. */
export function checkEpsilon(m: { readonly epsilon: ConstRef }): Verdict {
  const { splat } = m.epsilon;
  return typeof splat === 'number' && splat >= 0 && Number.isFinite(splat) ? yes : no('epsilon', 'epsilon');
}

/** Sizes of the axes that are normalized together; undefined when they are not known. */
export function normalizedDims({ x, axes }: Normalized, q: Query): readonly number[] | undefined {
  const shape = q.shape(x);
  return shape && staticShape(shape.slice(shape.length - axes.length));
}

/**
 * Whether a scale or bias has exactly the shape of the normalized axes, which engines ask for. Constants may
 * have axes of size 1 before these.
 */
export function checkParameter(parameter: Value, about: string, m: Normalized, q: Query): Verdict {
  const wanted = normalizedDims(m, q);
  const dims = staticShape(q.shape(parameter));
  if (!wanted || !dims) return no('parameter-shape-unknown', about);
  const extra = dims.length - wanted.length;
  if (extra < 0 || !wanted.every((d, i) => d === dims[extra + i])) return no('parameter-shape', about);
  const isExact = extra === 0 || (dims.slice(0, extra).every((d) => d === 1) && q.constant(parameter));
  return isExact ? yes : no('parameter-shape', about);
}

/** The operand for a parameter that passed {@link checkParameter}, without axes before the normalized ones. */
export function parameterFor(parameter: Value, m: Normalized, b: Builder, q: Query): Value {
  const { axes } = m;
  const shape = staticShape(q.shape(parameter));
  const constant = q.constant(parameter);
  if (!shape || shape.length === axes.length || !constant) return parameter;
  return b.constant(constant.tensor.reshaped(shape.slice(shape.length - axes.length)), parameter.name);
}

/** How many elements a scale that does nothing may have. */
const MAX_ONES = 16384;

/** A scale of ones for the normalized axes. */
export function ones(m: Normalized, b: Builder, q: Query): Value {
  const dims = normalizedDims(m, q);
  const dtype = q.dtype(m.x);
  if (!dims || !dtype) return b.fail('parameter-shape-unknown', 'x');
  const size = dims.reduce((a, d) => a * d, 1);
  if (size > MAX_ONES) return b.fail('scale-too-large', 'x');
  return b.constant(tensorOf(dtype, dims, new Array<number>(size).fill(1)), 'ones');
}

/**
 * A constant that scales or shifts each channel (axis 1) of a value of `rank`, as one vector; undefined where
 * it differs along other axes too. One number scales or shifts all of them.
 */
export function perChannel(constant: ConstRef, rank: number, channels: number): Tensor | undefined {
  const { dims, size } = constant;
  if (size === 1 && dims.length <= rank && channels <= MAX_ONES) {
    const [number = 0] = tensorFloats(constant.tensor);
    return tensorOf(constant.dtype, [channels], new Array<number>(channels).fill(number));
  }
  const at = dims.length - rank + 1;
  return size === channels && dims.length <= rank && dims[at] === channels
    ? constant.tensor.reshaped([channels])
    : undefined;
}

/** A normalization with a scale. */
export interface Scaled extends Normalized {
  readonly scale: Value;
  readonly epsilon: ConstRef;
}

/** Whether LayerNormalization can have the epsilon and the scale of a match. */
export function checkScaled(m: Scaled, q: Query): Verdict {
  const verdict = checkEpsilon(m);
  return verdict.ok ? checkParameter(m.scale, 'scale', m, q) : verdict;
}

/** The LayerNormalization of a match that passed {@link checkScaled}. */
export function layerNormalization(m: Scaled, b: Builder, q: Query): Value {
  const params = { axis: -m.axes.length, epsilon: Number(m.epsilon.splat) };
  return b.node('LayerNormalization', [m.x, parameterFor(m.scale, m, b, q)], params);
}
