import {
  attentionTerms,
  constantTerms,
  convTerms,
  convTransposeTerms,
  einsumTerms,
  gemmTerms,
  lastAxisTerms,
  longestAxisTerms,
  operandTerms,
  recurrentTerms,
  reducedTerms,
  type Terms,
  windowTerms,
} from './terms.ts';

/**
 * What the arithmetic of an operator adds to the error of an element y, for exact operands. u is the unit of
 * arithmetic (2^-24, and 2^-53 for float64); rounding y to its type comes to all but `none` and `unknown`.
 */
export type LocalError =
  /** Nothing: elements are moved, compared, or counted. */
  | { readonly kind: 'none' }
  /** Nothing but the rounding of the result, as IEEE 754 asks of + - * / and square roots. */
  | { readonly kind: 'rounded' }
  /** `ulps` * 2 u |y| + `absolute` * u: functions of one element, by what engines were measured to do. */
  | { readonly kind: 'function'; readonly ulps: number; readonly absolute: number }
  /** gamma(k) * the same sum over magnitudes of its terms, which is evaluated for it. */
  | { readonly kind: 'sum'; readonly terms: Terms }
  /** gamma(k) |y|: sums and products of terms of one sign. */
  | { readonly kind: 'positive'; readonly terms: Terms }
  /** gamma(k) + 8 u (1 + |y|): logarithms of sums of terms of one sign. */
  | { readonly kind: 'logarithm'; readonly terms: Terms }
  /** y (gamma(k) - 2 u log y): exponentials of differences over their sum. */
  | { readonly kind: 'softmax'; readonly terms: Terms }
  /** Normalised rows, by their own statistics; see `rows.ts`. */
  | { readonly kind: 'rows' }
  /** gamma(k) * the largest |y|: many steps, whose terms nobody looks at. */
  | { readonly kind: 'scaled'; readonly terms: Terms };

/** How errors of the operands come out of an operator. */
export type CarriedError =
  /** With the elements: the operator is run on them. */
  | 'moved'
  /** As they are, element by element. */
  | 'same'
  /** As the operator does to magnitudes and to magnitudes with errors: it is a sum of products of elements. */
  | 'linear'
  /** As those of a quotient. */
  | 'quotient'
  /** By running the operator on operands moved by their errors, in several directions; twice what is seen. */
  | 'probed';

/** What the arithmetic of one operator adds to the error of its results. */
export interface OperatorError {
  readonly local: LocalError;
  readonly carried: CarriedError;
  /**
   * For evaluations on magnitudes, by operand: 1 takes the magnitude, -1 its negative, 0 leaves the operand
   * as it is. 1 where nothing is said.
   */
  readonly signs?: readonly (1 | -1 | 0)[];
}

const none: LocalError = { kind: 'none' };
const rounded: LocalError = { kind: 'rounded' };
const ulps = (count: number, absolute = 0): LocalError => ({ kind: 'function', ulps: count, absolute });
const sum = (terms: Terms): LocalError => ({ kind: 'sum', terms });
const positive = (terms: Terms): LocalError => ({ kind: 'positive', terms });
const scaled = (terms: Terms): LocalError => ({ kind: 'scaled', terms });

type Row = readonly [names: string, local: LocalError, carried: CarriedError, signs?: OperatorError['signs']];

/** 5e-7 in units of float32: functions that level off are measured by what they level off to. */
const LEVEL = 8.5;

const standard: readonly Row[] = [
  // Movement.
  [
    'CenterCropPad Compress Concat ConcatFromSequence DepthToSpace Expand Flatten Gather GatherElements',
    none,
    'moved',
  ],
  ['GatherND Pad Reshape ReverseSequence Slice SpaceToDepth Split Squeeze Tile', none, 'moved'],
  ['Transpose Trilu Unsqueeze', none, 'moved'],
  ['Abs Dropout Identity Neg', none, 'same'],
  [
    'BitCast BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor ConstantOfShape Constant EyeLike',
    none,
    'probed',
  ],
  [
    'And ArgMax ArgMin Equal Greater GreaterOrEqual Hardmax IsInf IsNaN Less LessOrEqual NonZero',
    none,
    'probed',
  ],
  ['Not OneHot Or Shape Size TopK Unique Xor MaxUnpool NonMaxSuppression Range', none, 'probed'],
  // Picked elements and steps.
  ['Ceil Clip Floor Max MaxPool Min GlobalMaxPool MaxRoiPool ReduceMax ReduceMin Relu Round', none, 'probed'],
  ['Sign ThresholdedRelu Where', none, 'probed'],
  ['Mod', rounded, 'probed'],
  ['ScatterElements ScatterND Scatter TensorScatter', scaled(constantTerms(16)), 'probed'],
  // Arithmetic.
  ['Add Mul', rounded, 'linear'],
  ['Sub', rounded, 'linear', [1, -1]],
  ['Div', rounded, 'quotient'],
  ['Sqrt Reciprocal', rounded, 'probed'],
  ['Cast CastLike', rounded, 'same'],
  ['PRelu LeakyRelu Shrink', ulps(1), 'probed'],
  ['Sum', sum(operandTerms), 'linear'],
  ['Mean', sum(operandTerms), 'linear'],
  ['Pow', ulps(4), 'probed'],
  // Functions of one element.
  ['Exp Log Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Softplus', ulps(4), 'probed'],
  // Of large numbers, of which a multiple of pi is taken first.
  ['Sin Cos', ulps(4, 4), 'probed'],
  ['Sigmoid Tanh Erf Softsign HardSigmoid', ulps(4, LEVEL), 'probed'],
  ['Celu Elu Gelu HardSwish Mish Selu Swish SwiGLU', ulps(8, LEVEL), 'probed'],
  // Sums of products.
  ['MatMul', sum(lastAxisTerms), 'linear'],
  // The third operand may count with the other sign than the product; `magnitudes.ts` knows.
  ['Gemm', sum(gemmTerms), 'linear'],
  ['Conv', sum(convTerms), 'linear'],
  ['ConvTranspose', sum(convTransposeTerms), 'linear'],
  ['Einsum', sum(einsumTerms), 'linear'],
  ['ReduceSum ReduceMean GlobalAveragePool', sum(reducedTerms), 'linear'],
  ['AveragePool', sum(windowTerms), 'linear'],
  ['CumSum', sum(longestAxisTerms), 'linear'],
  ['Col2Im', sum(longestAxisTerms), 'linear'],
  ['BatchNormalization', sum(constantTerms(8)), 'linear', [1, 1, 1, -1, 0]],
  // Sums and products of one sign.
  ['ReduceL1 ReduceL2 ReduceSumSquare ReduceProd GlobalLpPool', positive(reducedTerms), 'probed'],
  ['LpPool', positive(windowTerms), 'probed'],
  ['LpNormalization LRN CumProd', positive(longestAxisTerms), 'probed'],
  ['ReduceLogSum ReduceLogSumExp', { kind: 'logarithm', terms: reducedTerms }, 'probed'],
  ['LogSoftmax', { kind: 'logarithm', terms: longestAxisTerms }, 'probed'],
  ['Softmax', { kind: 'softmax', terms: longestAxisTerms }, 'probed'],
  [
    'GroupNormalization InstanceNormalization LayerNormalization RMSNormalization',
    { kind: 'rows' },
    'probed',
  ],
  ['NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss', scaled(reducedTerms), 'probed'],
  // Many steps.
  ['Attention FlexAttention LinearAttention', scaled(attentionTerms), 'probed'],
  ['GRU LSTM RNN', scaled(recurrentTerms), 'probed'],
  ['CausalConvWithState Det DFT MeanVarianceNormalization STFT', scaled(longestAxisTerms), 'probed'],
  ['AffineGrid GridSample Resize Upsample RoiAlign DeformConv', scaled(constantTerms(64)), 'probed'],
  ['BlackmanWindow HammingWindow HannWindow MelWeightMatrix', ulps(8, LEVEL), 'probed'],
  ['RotaryEmbedding', scaled(constantTerms(4)), 'probed'],
  // Quantization, and counts with weights.
  ['DequantizeLinear TfIdfVectorizer', ulps(1), 'probed'],
  [
    'ConvInteger MatMulInteger QuantizeLinear DynamicQuantizeLinear QLinearConv QLinearMatMul',
    none,
    'probed',
  ],
];

/** Of anything else: a few dozen roundings at the scale of the result. */
const other: OperatorError = { local: scaled(constantTerms(64)), carried: 'probed' };

const table: ReadonlyMap<string, OperatorError> = new Map(
  standard.flatMap(([names, local, carried, signs]) =>
    names.split(' ').map((name) => [name, { local, carried, ...(signs ? { signs } : {}) }]),
  ),
);

/** Domains whose operators are listed under their names. */
const listedDomains: ReadonlySet<string> = new Set(['', 'ai.onnx.preview']);

/** The row of an operator; of a function of a model, or an operator that is not listed, a cautious one. */
export function operatorError(domain: string, name: string): OperatorError {
  const isListed = listedDomains.has(domain) || (domain === 'com.microsoft' && name === 'Gelu');
  return (isListed ? table.get(name) : undefined) ?? other;
}

/** The operators that have a row, in the order of the table. */
export function listedOperators(): readonly string[] {
  return standard.flatMap(([names]) => names.split(' '));
}
