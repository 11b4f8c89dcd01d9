import { type DType, isFloat, type Node } from '@refold/ir';
import { fromReals, type NdArray, type NdValue, Random, reals } from '@refold/runtime';
import { attributesOnly } from './disagreement.ts';

/** How far an element of a float result may lie from the true value, element by element. */
export type Allowed = (index: number, ours: number) => number;

/** What a bound may look at: the node, its operands, its results, and the node run on other operands. */
export interface Subject {
  readonly node: Node;
  readonly inputs: readonly (NdValue | undefined)[];
  /** Index of the output. */
  readonly output: number;
  readonly ours: NdArray;
  /** The same output for other operands, with the attributes' absolute values if asked; undefined when it does not run. */
  rerun(inputs: readonly (NdValue | undefined)[], positive?: boolean): NdArray | undefined;
}

/** Half the distance of neighbouring numbers near 1, and the least distance at all. */
interface Unit {
  readonly u: number;
  readonly least: number;
}

const units: Partial<Record<DType, Unit>> = {
  float64: { u: 2 ** -53, least: 2 ** -1074 },
  float32: { u: 2 ** -24, least: 2 ** -149 },
  float16: { u: 2 ** -11, least: 2 ** -24 },
  bfloat16: { u: 2 ** -8, least: 2 ** -133 },
};

/** Makes the bound of an operator for one of its nodes. */
type Rule = (subject: Subject, unit: Unit) => Allowed;

/** Distance of a number from the next one of the type. */
const step = (unit: Unit, x: number): number => Math.max(2 * unit.u * Math.abs(x), unit.least);

/** At most one rounding by IEEE 754: every bit is determined. */
const exact: Rule = () => () => 0;

/** Two roundings in one engine and one in the other. */
const oneStep: Rule = (_, unit) => (_i, x) => step(unit, x);

/** Functions of a number: four steps, which is what ONNX Runtime's approximations were measured to need. */
const fewSteps: Rule = (_, unit) => (_i, x) => 4 * step(unit, x);

/**
 * Functions that go towards 0 or 1 and are approximated to an absolute error: 5e-7 in float32, a few roundings of
 * 1 in float64. What they are multiplied with scales the error.
 */
const saturating: Rule = ({ ours, inputs }, unit) => {
  const absolute = ours.dtype === 'float64' ? 2 ** -50 : 5e-7;
  const [x] = inputs;
  const values = x?.kind === 'tensor' && isFloat(x.dtype) ? reals(x) : undefined;
  return (i, y) => {
    const scale = Math.abs(values?.[i] ?? 1);
    return Math.max(4 * step(unit, y), absolute * Math.max(1, Number.isFinite(scale) ? scale : 1));
  };
};

/** alpha (exp x - 1), computed as it is written: near 0 the rounding of exp x is all there is. */
const exponentialLinear: Rule = ({ node }, unit) => {
  const op = attributesOnly(node);
  const scale = Math.abs(op.float('alpha') ?? 1) * Math.abs(op.float('gamma') ?? 1);
  return (_, y) => Math.max(4 * step(unit, y), 8 * Math.min(unit.u, 2 ** -24) * scale);
};

/** max(0, min(1, alpha x + beta)): where it is not 0 or 1, the product is no larger than 1 + |beta|. */
const hardSigmoid: Rule = ({ node }, unit) => {
  const beta = Math.abs(attributesOnly(node).float('beta') ?? 0.5);
  return (_, y) => step(unit, y) + 4 * Math.min(unit.u, 2 ** -24) * (1 + beta);
};

/**
 * Linear in each operand: 2 gamma_K times the sum of the magnitudes of all terms, which the node itself computes
 * of absolute values, for K terms.
 */
const sum: Rule = (subject, unit) => {
  const { node, inputs, ours } = subject;
  const isNormalization = node.is('BatchNormalization');
  const magnitudes = subject.rerun(
    inputs.map((x, i) => (x?.kind === 'tensor' ? magnitudeOf(x, isNormalization && i === 3) : x)),
    true,
  );
  if (!magnitudes || magnitudes.size !== ours.size) return () => Number.POSITIVE_INFINITY;
  const sizes = reals(magnitudes);
  const u = Math.min(unit.u, 2 ** -24);
  const k = terms(subject) + 4;
  const gamma = (k * u) / (1 - k * u);
  return (i, x) => 2 * gamma * Math.abs(sizes[i] ?? 0) + 2 * step(unit, x);
};

/** Absolute values; of a mean that is taken away, the negative ones. */
function magnitudeOf(x: NdArray, negative: boolean): NdArray {
  if (!isFloat(x.dtype)) return x;
  const sign = negative ? -1 : 1;
  return fromReals(
    x.dtype,
    x.dims,
    Array.from(reals(x), (v) => sign * Math.abs(v)),
  );
}

/** No result has more terms than its largest operand has elements. */
function terms({ inputs }: Subject): number {
  let most = 1;
  for (const x of inputs) if (x?.kind === 'tensor') most = Math.max(most, x.size);
  return most;
}

const PERTURBATIONS = 4;
const SLACK = 16;

/**
 * How far the result moves when every operand is moved by one rounding step, up or down at random, a few times:
 * an implementation whose every operation is rounded is as good as one of exact operations on operands nearby.
 * A result near 0 among large ones is what is left of numbers of their size.
 */
const conditioned =
  (ofLargest: number): Rule =>
  (subject, ownUnit) => {
    const { inputs, ours } = subject;
    const unit = stashed(subject) ?? ownUnit;
    const random = new Random(1);
    const base = reals(ours);
    const moved = new Float64Array(base.length);
    for (let n = 0; n < PERTURBATIONS; n += 1) {
      const other = subject.rerun(inputs.map((x) => (x?.kind === 'tensor' ? perturbed(x, random, unit) : x)));
      if (!other || other.size !== ours.size) continue;
      const values = reals(other);
      for (let i = 0; i < moved.length; i += 1) {
        const distance = Math.abs((values[i] ?? 0) - (base[i] ?? 0));
        // What a rounding step makes NaN, as the root or logarithm of a difference near 0, has no bound.
        const lost = Number.isNaN(distance) && !Number.isNaN(base[i]);
        moved[i] = Math.max(moved[i] ?? 0, lost ? Number.POSITIVE_INFINITY : distance || 0);
      }
    }
    const largest = largestOf(base);
    const rounds = SLACK + terms(subject);
    return (i, x) =>
      rounds * ((moved[i] ?? 0) + step(unit, x) + ofLargest * step(unit, largest)) + 4 * step(unit, largest);
  };

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i += 1) {
    const x = Math.abs(values[i] ?? 0);
    if (x > largest && Number.isFinite(x)) largest = x;
  }
  return largest;
}

/** Normalizations compute their statistics in the type that `stash_type` names, which is float32 mostly. */
function stashed({ node }: Subject): Unit | undefined {
  return attributesOnly(node).int('stash_type') === 1 ? units.float32 : undefined;
}

/** Every element a step up, a step down, or as it is. */
function perturbed(x: NdArray, random: Random, unit: Unit): NdArray {
  if (!units[x.dtype]) return x;
  const by = Math.max(unit.u, units[x.dtype]?.u ?? 0) * 2;
  const values = Array.from(reals(x), (v) => v * (1 + (random.between(0, 3) - 1) * by));
  return fromReals(x.dtype, x.dims, values);
}

/**
 * Instance normalization may be computed as x s + (b - m s), with s the scale over the deviation: what is lost is
 * a share of |x s| + |m s| + |b|, however little is left of them.
 */
const instance: Rule = (subject, unit) => {
  const [x, scale, bias] = subject.inputs;
  if (x?.kind !== 'tensor' || scale?.kind !== 'tensor' || bias?.kind !== 'tensor') return () => 0;
  const epsilon = attributesOnly(subject.node).float('epsilon') ?? 1e-5;
  const [values, scales, biases] = [reals(x), reals(scale), reals(bias)];
  const channels = x.dims[1] ?? 1;
  const plane = x.size / Math.max(1, (x.dims[0] ?? 1) * channels);
  const factor = (8 + plane) * 2 * Math.min(unit.u, 2 ** -24);
  return (i, y) => {
    const nth = Math.floor(i / plane);
    const own = Array.from(values.slice(nth * plane, (nth + 1) * plane));
    const mean = own.reduce((a, v) => a + v, 0) / plane;
    const variance = own.reduce((a, v) => a + (v - mean) ** 2, 0) / plane;
    const s = Math.abs(scales[nth % channels] ?? 0) / Math.sqrt(variance + epsilon);
    const size = Math.max(...own.map(Math.abs)) * s;
    return (
      factor * (2 * size * (1 + (size * size) / 2) + Math.abs(biases[nth % channels] ?? 0)) + step(unit, y)
    );
  };
};

/** Sums of three and more; of two they are exact. */
const variadicSum: Rule = (subject, unit) =>
  subject.inputs.length <= 2 ? exact(subject, unit) : conditioned(1)(subject, unit);

/** Coefficients and cosines of at most 1. */
const windows: Rule = (_, unit) => (_i, x) => Math.max(4 * step(unit, x), 8 * unit.u);

/**
 * Calls and control flow of operators that agree exactly. In float16 ONNX Runtime computes in float32 and drops the
 * casts between neighbours, so that values inside are not rounded.
 */
const nested: Rule =
  ({ ours }, unit) =>
  (_, x) =>
    ours.dtype === 'float16' ? 64 * step(unit, x) : 0;

const rules: ReadonlyMap<string, Rule> = new Map(
  (
    [
      [oneStep, 'ThresholdedRelu LeakyRelu Shrink Mod Range DequantizeLinear'],
      [hardSigmoid, 'HardSigmoid'],
      [instance, 'InstanceNormalization'],
      [fewSteps, 'Exp Log Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Pow Softsign'],
      [saturating, 'Tanh Sigmoid Erf Gelu Swish SwiGLU Mish Softplus HardSwish Sin Cos'],
      [exponentialLinear, 'Elu Celu Selu'],
      [variadicSum, 'Sum'],
      [
        sum,
        'MatMul Gemm Conv ConvTranspose Einsum ReduceSum ReduceMean ReduceL1 ReduceSumSquare CumSum Col2Im',
      ],
      [sum, 'AveragePool GlobalAveragePool BatchNormalization ReduceL2 LpPool GlobalLpPool Mean'],
      [windows, 'HannWindow HammingWindow BlackmanWindow'],
      [
        conditioned(1),
        'DFT STFT Attention LinearAttention Det RNN GRU LSTM Resize Upsample GridSample AffineGrid RoiAlign',
      ],
      [conditioned(0), 'Softmax LogSoftmax LayerNormalization RMSNormalization GroupNormalization'],
      [
        conditioned(0),
        'LRN LpNormalization MeanVarianceNormalization ReduceLogSum ReduceLogSumExp ReduceProd CumProd',
      ],
      [
        conditioned(0),
        'RotaryEmbedding CausalConvWithState MelWeightMatrix DeformConv TfIdfVectorizer QLinearMatMul',
      ],
      [conditioned(0), 'NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss ScatterND ScatterElements'],
      [nested, 'If Loop Scan SequenceMap'],
    ] as const
  ).flatMap(([rule, names]) => names.split(' ').map((name) => [name, rule] as const)),
);

/**
 * The bound for an output of a node. Operators without a rule move elements, or compute what every engine must
 * round alike, and must agree exactly.
 */
export function boundFor(subject: Subject): Allowed {
  const { node, ours } = subject;
  const unit = units[ours.dtype];
  if (!unit) return () => 0;
  const rule = node.domain === '' ? (rules.get(node.opType) ?? exact) : nested;
  return rule(subject, unit);
}
