/**
 * What ONNX changed without changing the meaning of any valid node: more types, optional operands or
 * attributes whose defaults say what was meant before, negative axes where there were none. By opset version;
 * one list is one version's changes, read one by one. A version that is in no table is refused.
 */
const widened: readonly (readonly [version: number, operators: string])[] = [
  [7, 'AveragePool'],
  // Numpy-style broadcasting of operands that had to have one shape; MaxPool got its second output.
  [8, 'Max MaxPool Mean Min Sum'],
  [9, 'Cast Constant Flatten Gemm Greater Less MatMul PRelu'],
  [10, 'AveragePool MaxPool'],
  // Negative axes throughout. OneHot documents the negative indices that engines always took. ConvTranspose
  // corrects which side of SAME_UPPER gets the odd padding in its text only. C of Gemm became optional.
  [
    11,
    `ArgMax ArgMin AveragePool Compress Concat Constant Conv ConvTranspose DepthToSpace Equal Flatten Gather
    Gemm Hardmax If LogSoftmax Loop LpPool MaxPool MaxUnpool NonMaxSuppression OneHot ReduceL1 ReduceL2
    ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Scan Slice
    Softmax Split Squeeze TopK Unsqueeze`,
  ],
  [12, 'ArgMax ArgMin Clip Constant GatherND Max MaxPool Min Pow ReduceMax ReduceMin'],
  // Mostly bfloat16. QuantizeLinear and DequantizeLinear got scales along an axis.
  [
    13,
    `Abs Add ArgMax ArgMin Cast Ceil Clip Concat Constant DepthToSpace DequantizeLinear Div Dropout Equal Exp
    Expand Flatten Floor Gather GatherElements GatherND Gemm Greater Identity If IsNaN LRN Less Log Loop MatMul
    Max Mean MeanVarianceNormalization Min Mod Mul Neg NegativeLogLikelihoodLoss NonZero Pad Pow QuantizeLinear
    Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSumSquare Relu Reshape ScatterElements ScatterND Shape Sigmoid Sign Size Slice
    SoftmaxCrossEntropyLoss SpaceToDepth Sqrt Sub Sum Tanh Tile Transpose`,
  ],
  // Layout 0 of the recurrent operators, allowzero 0 of Reshape.
  [14, 'Add CumSum Div GRU Identity LSTM Mul RNN Relu Reshape Sub'],
  [15, 'BatchNormalization Pow Shape'],
  [16, `GreaterOrEqual Identity If LeakyRelu LessOrEqual Loop PRelu Scan ScatterElements ScatterND Where`],
  [18, 'LpPool OptionalGetElement OptionalHasElement Pad Resize ScatterElements ScatterND'],
  // Mostly float8. The sizes that AveragePool writes out for `auto_pad` are those it had.
  [
    19,
    `AveragePool Cast CastLike Constant DequantizeLinear Equal Identity If Loop Pad Reshape Resize Scan Shape
    Size`,
  ],
  [20, 'ConstantOfShape IsInf IsNaN ReduceMax ReduceMin'],
  // Four-bit integers.
  [
    21,
    `Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QLinearMatMul
    QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze`,
  ],
  // bfloat16 for the rest. That no window of a pooling starts in the padding at the end became part of the
  // text; engines had it so at every version.
  [
    22,
    `Acos Acosh Asin Asinh Atan Atanh AveragePool Bernoulli Conv ConvTranspose Cos Cosh DeformConv Det Dropout
    Elu EyeLike GRU GlobalAveragePool GlobalLpPool GlobalMaxPool GridSample HardSigmoid HardSwish
    InstanceNormalization LSTM LpNormalization LpPool MaxPool MaxRoiPool MaxUnpool Mish Multinomial
    NegativeLogLikelihoodLoss RNN RandomNormal RandomNormalLike RandomUniform RandomUniformLike RoiAlign Round
    Selu Sin Sinh Softplus Softsign Tan ThresholdedRelu`,
  ],
  // float4.
  [
    23,
    `Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape
    Scan Shape Size Squeeze Transpose Unsqueeze`,
  ],
  // float8e8m0. Cast corrects its table of infinities for float8 types without them, as engines had it.
  [
    24,
    `Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad QuantizeLinear Reshape
    Scan Shape Size SplitToSequence Squeeze TopK Transpose Unsqueeze`,
  ],
  // Two-bit integers; windows of Attention.
  [
    25,
    `Attention Cast CastLike Constant ConstantOfShape DequantizeLinear Flatten Identity If Loop Pad
    QuantizeLinear Reshape Scan Shape Size Squeeze Transpose Unsqueeze`,
  ],
  [27, 'Range'],
  // Float6. BitShift took no signed integers before, and Mod no floats without fmod.
  [
    28,
    `BitShift Cast Celu Compress DepthToSpace DequantizeLinear Einsum Mod OneHot Optional OptionalGetElement
    OptionalHasElement QuantizeLinear ReverseSequence SpaceToDepth Unique`,
  ],
];

const versions = new Map<string, Set<number>>();
for (const [version, operators] of widened) {
  for (const name of operators.split(/\s+/)) {
    const known = versions.get(name) ?? new Set();
    versions.set(name, known.add(version));
  }
}

/** Whether every valid node of an operator means the same in the version that came with an opset. */
export function isUnchanged(opType: string, version: number): boolean {
  return versions.get(opType)?.has(version) ?? false;
}
