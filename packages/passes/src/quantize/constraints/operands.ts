import type { Node } from '@refold/ir';
import { viewFlag, viewNumber, viewText } from '../../support/view.ts';

/** The part that operands and results play in an operator, when it runs on codes. */
export interface Operands {
  /** Operands that hold data: all when absent. */
  readonly data?: readonly number[];
  /** Operands that take what the data has, without widening its range. */
  readonly passive?: readonly number[];
  /** Whether all results hold data; the first one when absent. */
  readonly allResults?: boolean;
  /** The operand of weights, and along which axis its output channels lie; undefined when there is none. */
  readonly weights?: { readonly input: number; axis(node: Node): number | undefined };
  readonly bias?: number;
  /** Whether data only moves or is averaged, so that ties mean something; yes when absent. */
  ties?(node: Node): boolean;
}

const first: Operands = { data: [0] };

const table: ReadonlyMap<string, Operands> = new Map<string, Operands>([
  ['Conv', { data: [0], weights: { input: 1, axis: () => 0 }, bias: 2 }],
  ['ConvTranspose', { data: [0], weights: { input: 1, axis: transposedAxis }, bias: 2 }],
  ['Gemm', { data: [0], weights: { input: 1, axis: gemmAxis }, bias: 2 }],
  ['MatMul', { data: [0], weights: { input: 1, axis: lastAxis } }],
  ['Clip', { data: [0], passive: [1, 2] }],
  // The range has 0 in it: a padding of zeros widens nothing.
  ['Pad', { data: [0, 2] }],
  ['Where', { data: [1, 2] }],
  ['ScatterElements', { data: [0, 2], ties: (node) => viewText(node, 'reduction') === 'none' }],
  ['ScatterND', { data: [0, 2], ties: (node) => viewText(node, 'reduction') === 'none' }],
  ['Split', { data: [0], allResults: true }],
  // Cubic interpolation reaches beyond its data.
  ['Resize', { data: [0], ties: (node) => ['nearest', 'linear'].includes(viewText(node, 'mode') ?? '') }],
  ...[
    ...[
      'Reshape',
      'Flatten',
      'Squeeze',
      'Unsqueeze',
      'Transpose',
      'Slice',
      'Gather',
      'GatherElements',
      'GatherND',
    ],
    ...['Identity', 'Expand', 'Tile', 'DepthToSpace', 'SpaceToDepth', 'ReverseSequence', 'Compress', 'Trilu'],
    ...[
      'MaxPool',
      'GlobalMaxPool',
      'ReduceMax',
      'ReduceMin',
      'TopK',
      'AveragePool',
      'GlobalAveragePool',
      'ReduceMean',
      'ReduceSum',
      'ReduceSumSquare',
      'ReduceL1',
      'ReduceL2',
      'CumSum',
    ],
    ...['Pow', 'LayerNormalization', 'RMSNormalization', 'InstanceNormalization', 'GroupNormalization'],
  ].map((name): [string, Operands] => [name, first]),
]);

const all: Operands = {};

export function operandsOf(node: Node): Operands {
  return table.get(node.opType) ?? all;
}

/** Whether a node has a result, and all that read it read it as weights. */
export function isReadAsWeights({ outputs: [result] }: Node): boolean {
  if (!result || result.useCount === 0) return false;
  for (const { node, index } of result.uses())
    if (!node || operandsOf(node).weights?.input !== index) return false;
  return true;
}

function gemmAxis(node: Node): number | undefined {
  const transposed = viewFlag(node, 'transB');
  return transposed === undefined ? undefined : transposed ? 0 : 1;
}

/** With groups, one channel of the weights belongs to several output channels. */
function transposedAxis(node: Node): number | undefined {
  return viewNumber(node, 'group') === 1 ? 1 : undefined;
}

function lastAxis(node: Node): number | undefined {
  const type = node.inputs[1]?.type;
  const rank = type?.kind === 'tensor' ? type.shape?.length : undefined;
  return rank !== undefined && rank >= 2 ? rank - 1 : undefined;
}
