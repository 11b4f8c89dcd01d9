import { type Target, ties } from './target.ts';

/** onnxruntime on CPUs: kernels take scales as they come; moving operators run on the codes of their input. */
export const onnxruntimeCpu: Target = {
  name: 'onnxruntime-cpu',
  summary: 'onnxruntime, CPU provider, QDQ form: asymmetric activations, weights per channel, scales free',
  activations: {
    types: ['uint8', 'int8', 'uint16', 'int16'],
    symmetric: false,
    powerOfTwo: false,
    narrow: false,
    perChannel: false,
  },
  weights: {
    types: ['int8', 'int4', 'int16'],
    symmetric: true,
    powerOfTwo: false,
    narrow: false,
    perChannel: true,
  },
  bias: 'int32',
  requantizes: true,
  floatIslands: true,
  operators: ties(
    [
      'free',
      'must',
      'Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather Identity MaxPool Pad Resize TopK',
    ],
    ['free', 'free', 'Conv ConvTranspose Gemm MatMul Add Mul Sigmoid LeakyRelu Relu Clip GlobalAveragePool'],
    ['free', 'prefer', 'AveragePool'],
    ['prefer', 'prefer', 'Concat Where'],
  ),
  anchors: new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']),
  // Between codes, where kernels on them are faster by more than conversions cost: biases, gates of recurrent networks.
  innerAnchors: new Set(['Add', 'Mul', 'Sigmoid']),
  floatResults: new Set(['Gemm', 'MatMul']),
  fixed: new Map(),
  fusedActivations: new Set(['Relu', 'Clip']),
};
