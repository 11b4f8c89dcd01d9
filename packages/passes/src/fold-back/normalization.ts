import { type Shape, staticShape, type Value } from '@refold/ir';
import {
  commutative,
  constant,
  no,
  oneOf,
  op,
  optional,
  type Pat,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

// Statistics of ONNX's normalizations are float32 unless asked otherwise, so float64 keeps its parts.
const x = value('x', { dtype: ['float32', 'float16', 'bfloat16'] });

/** A pattern over `x`, and what it may capture on the way. */
type OfX = Pat<{ readonly x: Value }>;

/** The mean over trailing axes. */
const meanOf = (p: OfX) =>
  op('ReduceMean', [p], { params: { axes: { axes: 'trailing', capture: 'axes' }, keepdims: true } });

const centred = op('Sub', [x, meanOf(x)]);

/** p * p, in either spelling. */
const squareOf = (p: OfX) => oneOf('square', { power: op('Pow', [p, 2]), product: op('Mul', [p, p]) });

const epsilon = constant('epsilon', { dtype: 'float', splat: true });

/** `n` over the square root of the mean of the squares of `n`, kept off zero by epsilon, in any spelling. */
const normalized = (n: OfX) => {
  const root = op('Sqrt', [commutative('Add', [meanOf(squareOf(n)), epsilon])]);
  return oneOf('division', {
    quotient: op('Div', [n, root]),
    reciprocal: commutative('Mul', [n, op('Reciprocal', [root])]),
    inverse: commutative('Mul', [n, op('Div', [1, root])]),
  });
};

/** Why a scale or bias does not do: it must have exactly the shape of the normalized axes, which engines ask for. */
function misfit(parameter: Value, of: Value, axes: readonly number[], q: Query): string | undefined {
  const shape = staticShape(q.shape(parameter));
  const wanted = trailing(q.shape(of), axes);
  if (!shape || !wanted) return 'parameter-shape-unknown';
  return shape.length === wanted.length && shape.every((d, i) => d === wanted[i])
    ? undefined
    : 'parameter-shape';
}

function trailing(shape: Shape | undefined, axes: readonly number[]): readonly number[] | undefined {
  return shape && staticShape(shape.slice(shape.length - axes.length));
}

const layerNorm: Rule = rule({
  name: 'fold-back/layer-norm',
  doc: '(x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) * scale + bias = LayerNormalization(x, scale, bias)',
  match: optional('hasBias', commutative('Mul', [normalized(centred), value('scale')]), (n) =>
    commutative('Add', [n, value('bias')]),
  ),
  guard: (m, q) => {
    if (!(Number(m.epsilon.splat) >= 0)) return no('epsilon', 'epsilon');
    const scale = misfit(m.scale, m.x, m.axes, q);
    if (scale) return no(scale, 'scale');
    const bias = m.bias && misfit(m.bias, m.x, m.axes, q);
    return bias ? no(bias, 'bias') : yes;
  },
  build: (m, b) =>
    b.node('LayerNormalization', [m.x, m.scale, m.bias], {
      axis: -m.axes.length,
      epsilon: Number(m.epsilon.splat),
    }),
  emits: [{ op: 'LayerNormalization', since: 17 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

const rmsNorm: Rule = rule({
  name: 'fold-back/rms-norm',
  doc: 'x / sqrt(mean(x^2) + epsilon) * scale = RMSNormalization(x, scale)',
  match: commutative('Mul', [normalized(x), value('scale')]),
  guard: (m, q) => {
    if (!(Number(m.epsilon.splat) >= 0)) return no('epsilon', 'epsilon');
    const scale = misfit(m.scale, m.x, m.axes, q);
    return scale ? no(scale, 'scale') : yes;
  },
  build: (m, b) =>
    b.node('RMSNormalization', [m.x, m.scale], { axis: -m.axes.length, epsilon: Number(m.epsilon.splat) }),
  emits: [{ op: 'RMSNormalization', since: 23 }],
  exactness: 'reassociate',
  phase: 'fuse',
});

export const foldLayerNorm: Pass = rulePass({
  name: 'fold-back/layer-norm',
  summary: 'fold a decomposed LayerNormalization back',
  rules: [layerNorm],
});

export const foldRmsNorm: Pass = rulePass({
  name: 'fold-back/rms-norm',
  summary: 'fold a decomposed RMSNormalization back',
  rules: [rmsNorm],
});
