import { normalDomain } from '@refold/ir';
import type { Lowering } from '../site.ts';
import { lowerAttention } from './attention.ts';
import { lowerCast } from './cast.ts';
import { lowerGroupNormalization, lowerInstanceNormalization } from './channel-norms.ts';
import { lowerBatchNormalization } from './channels.ts';
import { lowerConv } from './conv.ts';
import { lowerConvTranspose } from './conv-transpose.ts';
import { lowerEinsum } from './einsum.ts';
import { binaryNames, lowerBinary, lowerUnary } from './elementwise.ts';
import { lowerGather, lowerWhere } from './gather.ts';
import { lowerConvInteger, lowerQLinearConv } from './integer-conv.ts';
import { lowerMatMulInteger, lowerQLinearMatMul } from './integer-matmul.ts';
import { lowerGemm, lowerMatMul } from './linear.ts';
import { lowerAlias, lowerConcat, lowerDropout, lowerTranspose } from './movement.ts';
import { lowerAveragePool, lowerGlobalAveragePool, lowerMaxPool } from './pool.ts';
import { lowerDequantizeLinear, lowerQuantizeLinear } from './quantize.ts';
import { lowerDepthToSpace, lowerExpand, lowerPad, lowerSpaceToDepth, lowerTile } from './rearrange.ts';
import { lowerGru, lowerLstm, lowerRnn } from './recurrent.ts';
import { lowerResize, lowerUpsample } from './resize.ts';
import { lowerRoiAlign } from './roi-align.ts';
import { lowerRotaryEmbedding } from './rotary.ts';
import {
  lowerLayerNormalization,
  lowerReduction,
  lowerRmsNormalization,
  lowerSoftmax,
  reductionNames,
} from './rows.ts';
import { lowerSlice, lowerSplit } from './slice.ts';

const unaryNames = [
  'Abs',
  'Clip',
  'Erf',
  'Exp',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'LeakyRelu',
  'Neg',
  'Pow',
  'Reciprocal',
  'Relu',
  'Sigmoid',
  'Sqrt',
  'Swish',
  'Tanh',
];

/** Kernels of the fast tier by operator. One that does not fit a node leaves it to the reference kernel. */
const lowerings: ReadonlyMap<string, Lowering> = new Map([
  ['Attention', lowerAttention],
  ['AveragePool', lowerAveragePool],
  ['BatchNormalization', lowerBatchNormalization],
  ['Cast', lowerCast],
  ['Concat', lowerConcat],
  ['Conv', lowerConv],
  ['ConvInteger', lowerConvInteger],
  ['ConvTranspose', lowerConvTranspose],
  ['DepthToSpace', lowerDepthToSpace],
  ['DequantizeLinear', lowerDequantizeLinear],
  ['Dropout', lowerDropout],
  ['Einsum', lowerEinsum],
  ['Expand', lowerExpand],
  ['Flatten', lowerAlias],
  ['Gather', lowerGather],
  ['Gemm', lowerGemm],
  ['GlobalAveragePool', lowerGlobalAveragePool],
  ['GRU', lowerGru],
  ['GroupNormalization', lowerGroupNormalization],
  ['Identity', lowerAlias],
  ['InstanceNormalization', lowerInstanceNormalization],
  ['LayerNormalization', lowerLayerNormalization],
  ['LSTM', lowerLstm],
  ['MatMul', lowerMatMul],
  ['MatMulInteger', lowerMatMulInteger],
  ['MaxPool', lowerMaxPool],
  ['Pad', lowerPad],
  ['QLinearConv', lowerQLinearConv],
  ['QLinearMatMul', lowerQLinearMatMul],
  ['QuantizeLinear', lowerQuantizeLinear],
  ['Reshape', lowerAlias],
  ['Resize', lowerResize],
  ['RMSNormalization', lowerRmsNormalization],
  ['RNN', lowerRnn],
  ['RoiAlign', lowerRoiAlign],
  ['RotaryEmbedding', lowerRotaryEmbedding],
  ['Slice', lowerSlice],
  ['SpaceToDepth', lowerSpaceToDepth],
  ['Softmax', lowerSoftmax],
  ['Split', lowerSplit],
  ['Squeeze', lowerAlias],
  ['Tile', lowerTile],
  ['Transpose', lowerTranspose],
  ['Unsqueeze', lowerAlias],
  ['Upsample', lowerUpsample],
  ['Where', lowerWhere],
  ...binaryNames.map((name) => [name, lowerBinary(name)] as const),
  ...reductionNames.map((name) => [name, lowerReduction(name)] as const),
  ...unaryNames.map((name) => [name, lowerUnary] as const),
]);

export function loweringOf(domain: string, name: string): Lowering | undefined {
  if (normalDomain(domain) === '') return lowerings.get(name);
  return domain === 'com.microsoft' && name === 'Gelu' ? lowerUnary : undefined;
}
