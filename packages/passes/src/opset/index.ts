import { reduceNames } from '@refold/ir';
import { attentionMask } from './adapters/attention.ts';
import { dftAxis, reductionAxes, squeezeAxes, unsqueezeAxes } from './adapters/axes.ts';
import { batchNormalizationSpatial, batchNormalizationTraining } from './adapters/batch-normalization.ts';
import { clipBounds } from './adapters/clip.ts';
import { dropoutMask, dropoutRatio } from './adapters/dropout.ts';
import { groupNormalizationChannels } from './adapters/group-normalization.ts';
import { gridSampleMode, roiAlignCoordinates } from './adapters/image.ts';
import { floatsOnly } from './adapters/narrowed.ts';
import { padOperands, sliceBounds, splitCount, splitSizes, topKCount } from './adapters/operands.ts';
import { quantizeIntegers } from './adapters/quantization.ts';
import {
  resizeAbsentOperands,
  resizeCoordinates,
  upsampleScales,
  upsampleToResize,
} from './adapters/resize.ts';
import { scanBatch } from './adapters/scan.ts';
import { scatterElements } from './adapters/scatter.ts';
import {
  batchNormalizationMode,
  binaryBroadcast,
  dropoutMode,
  gemmBroadcast,
  preluSlopes,
  recurrentOutput,
  upsampleAxes,
} from './adapters/seven.ts';
import { softmaxAxis } from './adapters/softmax.ts';
import type { Adapter } from './conversion.ts';

/** Operators that could broadcast operand 1 in opset 6. */
const binaries = ['Add', 'And', 'Div', 'Equal', 'Greater', 'Less', 'Mul', 'Or', 'Pow', 'Sub', 'Xor'];

/** Operator, and for each version that a valid node of the version before must be rewritten for, how. */
const adapters: ReadonlyMap<string, ReadonlyMap<number, Adapter>> = new Map<string, Map<number, Adapter>>([
  ['Attention', new Map([[24, attentionMask]])],
  [
    'BatchNormalization',
    new Map([
      [7, batchNormalizationMode],
      [9, batchNormalizationSpatial],
      [14, batchNormalizationTraining],
    ]),
  ],
  ['Clip', new Map([[11, clipBounds]])],
  ['DFT', new Map([[20, dftAxis]])],
  [
    'Dropout',
    new Map([
      [7, dropoutMode],
      [10, dropoutMask],
      [12, dropoutRatio],
    ]),
  ],
  ['Erf', new Map([[13, floatsOnly]])],
  ['GRU', new Map([[7, recurrentOutput]])],
  ['Gemm', new Map([[7, gemmBroadcast]])],
  ['GridSample', new Map([[20, gridSampleMode]])],
  ['GroupNormalization', new Map([[21, groupNormalizationChannels]])],
  ['Hardmax', new Map([[13, softmaxAxis]])],
  ['LSTM', new Map([[7, recurrentOutput]])],
  ['LogSoftmax', new Map([[13, softmaxAxis]])],
  ['PRelu', new Map([[7, preluSlopes]])],
  ['Pad', new Map([[11, padOperands]])],
  ['RNN', new Map([[7, recurrentOutput]])],
  ['QuantizeLinear', new Map([[19, quantizeIntegers]])],
  ...binaries.map((name) => [name, new Map([[7, binaryBroadcast]])] as const),
  ...reduceNames.map((name) => [name, reductionSteps(name)] as const),
  [
    'Resize',
    new Map([
      [11, resizeCoordinates],
      [13, resizeAbsentOperands],
    ]),
  ],
  ['RoiAlign', new Map([[16, roiAlignCoordinates]])],
  ['Scan', new Map([[9, scanBatch]])],
  ['Scatter', new Map([[11, scatterElements]])],
  ['Slice', new Map([[10, sliceBounds]])],
  ['Softmax', new Map([[13, softmaxAxis]])],
  [
    'Split',
    new Map([
      [13, splitSizes],
      [18, splitCount],
    ]),
  ],
  ['Squeeze', new Map([[13, squeezeAxes]])],
  ['TopK', new Map([[10, topKCount]])],
  ['Unsqueeze', new Map([[13, unsqueezeAxes]])],
  [
    'Upsample',
    new Map([
      [7, upsampleAxes],
      [9, upsampleScales],
      [10, upsampleToResize],
    ]),
  ],
]);

function reductionSteps(name: (typeof reduceNames)[number]): Map<number, Adapter> {
  const steps = new Map([[name === 'ReduceSum' ? 13 : 18, reductionAxes]]);
  if (name === 'ReduceLogSum' || name === 'ReduceLogSumExp') steps.set(28, floatsOnly);
  return steps;
}

/** How a node of an operator is written for the version that came with an opset, if it must be rewritten. */
export function adapterOf(opType: string, version: number): Adapter | undefined {
  return adapters.get(opType)?.get(version);
}
