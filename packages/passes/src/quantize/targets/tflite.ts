import { lstm, type Node, viewAs } from '@refold/ir';
import { type Target, ties } from './target.ts';

/** The int8 specification of TensorFlow Lite, by the ONNX operators that its operators are made from. */
export const tflite: Target = {
  name: 'tflite',
  summary:
    'TensorFlow Lite int8: asymmetric activations, narrow weights per channel, one scale where operators join',
  activations: {
    types: ['int8', 'int16'],
    symmetric: false,
    powerOfTwo: false,
    narrow: false,
    perChannel: false,
  },
  weights: { types: ['int8', 'int4'], symmetric: true, powerOfTwo: false, narrow: true, perChannel: true },
  wider: 'int16',
  bias: 'int32',
  requantizes: true,
  floatIslands: true,
  operators: ties(
    [
      'must',
      'must',
      'Concat Max Min MaxPool AveragePool Pad Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather Identity' +
        ' Expand Tile DepthToSpace SpaceToDepth Resize TopK Where',
    ],
    [
      'free',
      'free',
      'Conv ConvTranspose Gemm MatMul Add Sub Mul Relu Clip LeakyRelu GlobalAveragePool ReduceMean',
    ],
    ['free', 'free', 'Sigmoid Tanh Softmax LSTM'],
  ),
  forms: new Map([['LSTM', isPlainLstm]]),
  floatResults: new Set(),
  fixed: new Map([
    ['Sigmoid', { scale: 1 / 256, zeroPoint: -128 }],
    ['Softmax', { scale: 1 / 256, zeroPoint: -128 }],
    ['Tanh', { scale: 1 / 128, zeroPoint: 0 }],
  ]),
  fusedActivations: new Set(['Relu', 'Clip']),
};

/** UNIDIRECTIONAL_SEQUENCE_LSTM, once for each direction: the usual gates, all steps of all samples, no peepholes. */
function isPlainLstm(node: Node): boolean {
  const view = viewAs(node, lstm);
  if (!view || view.coupled || view.clip !== undefined || node.inputs[4] || node.inputs[7]) return false;
  const usual = ['Sigmoid', 'Tanh', 'Tanh'];
  return view.activations.every((name, i) => name === usual[i % usual.length]);
}
