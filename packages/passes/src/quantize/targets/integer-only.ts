import { type Target, ties } from './target.ts';

/**
 * A machine with integers alone: adders without multipliers in front of them, scales that are shifts, tables for
 * functions, kernels of its own for normalizations, of which the parameters stay as they are.
 */
export const integerOnly: Target = {
  name: 'integer-only',
  summary:
    'an integer-only processor: symmetric powers of two, one scale wherever tensors meet, no way back to floats',
  activations: {
    types: ['int8', 'int16'],
    symmetric: true,
    powerOfTwo: true,
    narrow: false,
    perChannel: false,
  },
  weights: { types: ['int8'], symmetric: true, powerOfTwo: true, narrow: true, perChannel: false },
  wider: 'int16',
  bias: 'int32',
  requantizes: false,
  floatIslands: false,
  operators: ties(
    ['must', 'must', 'Concat Where Add Sub Sum Max Min'],
    [
      'must',
      'must',
      'Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather GatherElements GatherND Identity Expand Tile' +
        ' DepthToSpace SpaceToDepth ReverseSequence Compress Trilu Pad MaxPool GlobalMaxPool ReduceMax ReduceMin TopK' +
        ' ScatterElements ScatterND Clip',
    ],
    ['must', 'must', 'AveragePool Resize RoiAlign'],
    ['free', 'prefer', 'GlobalAveragePool ReduceMean'],
    ['free', 'free', 'Conv ConvTranspose Gemm MatMul Mul Relu LeakyRelu PRelu HardSwish'],
    ['free', 'free', 'Sigmoid Tanh Softmax'],
    // Functions of one number, as tables of 256 codes.
    [
      'free',
      'free',
      'Abs Neg Sign Sqrt Reciprocal Pow Exp Log Erf Ceil Floor Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh' +
        ' Atanh Gelu HardSigmoid Elu Celu Selu Softplus Softsign Mish Swish ThresholdedRelu Shrink IsNaN IsInf Cast',
    ],
    // Codes of one scale compare as the numbers do.
    ['must', 'free', 'Equal Greater GreaterOrEqual Less LessOrEqual ArgMax ArgMin'],
    // Sums of 32 bits.
    [
      'free',
      'free',
      'Div ReduceSum ReduceSumSquare ReduceL1 ReduceL2 CumSum Einsum LpNormalization LogSoftmax',
    ],
    // States have one scale of their own: see `operandsOf`.
    ['free', 'free', 'LSTM GRU RNN'],
    ['free', 'free', 'LayerNormalization RMSNormalization InstanceNormalization GroupNormalization'],
  ),
  floatResults: new Set(),
  fixed: new Map([
    ['Sigmoid', { scale: 1 / 128, zeroPoint: 0 }],
    ['Softmax', { scale: 1 / 128, zeroPoint: 0 }],
    ['Tanh', { scale: 1 / 128, zeroPoint: 0 }],
  ]),
  fusedActivations: new Set(['Relu', 'Clip', 'LeakyRelu', 'HardSwish']),
};
