import { type Target, ties } from './target.ts';

/** TensorRT with explicit quantization: zero points are 0, biases and normalizations stay floats. */
export const tensorrt: Target = {
  name: 'tensorrt',
  summary: 'TensorRT, explicit QDQ: symmetric int8, weights per channel, operators that move commute',
  activations: { types: ['int8'], symmetric: true, powerOfTwo: false, narrow: false, perChannel: false },
  weights: { types: ['int8'], symmetric: true, powerOfTwo: false, narrow: false, perChannel: true },
  bias: 'float',
  requantizes: true,
  floatIslands: true,
  operators: ties(
    [
      'free',
      'must',
      'Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather Identity Expand Tile MaxPool',
    ],
    ['must', 'must', 'Max Min'],
    ['prefer', 'prefer', 'Concat'],
    ['free', 'free', 'Conv ConvTranspose Gemm MatMul Add Relu AveragePool GlobalAveragePool Resize'],
  ),
  floatResults: new Set(['Gemm', 'MatMul', 'Conv', 'ConvTranspose']),
  fixed: new Map(),
  fusedActivations: new Set(['Relu', 'Clip']),
};
