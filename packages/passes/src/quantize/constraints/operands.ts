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
  /** Operands of weights, that of the data first. */
  readonly weights?: readonly Weights[];
  readonly bias?: number;
  /** What comes back in the next step, or in the next call: operands and results of one scale. */
  readonly states?: readonly State[];
  /** Whether data only moves or is averaged, so that ties mean something; yes when absent. */
  ties?(node: Node): boolean;
}

/** An operand of weights. */
export interface Weights {
  readonly input: number;
  /** Along which axis output channels lie that can have scales of their own; undefined when there is none. */
  axis(node: Node): number | undefined;
}

/** A state, before and behind an operator. */
export interface State {
  readonly name: string;
  readonly inputs: readonly number[];
  readonly results: readonly number[];
  /** Whether it adds up over many steps, so that it has codes of 16 bits where there are any. */
  readonly isWide: boolean;
}

const first: Operands = { data: [0] };

const hidden: State = { name: 'hidden', inputs: [5], results: [0, 1], isWide: false };
const cell: State = { name: 'cell', inputs: [6], results: [2], isWide: true };

/** Kernels multiply all gates and both directions by weights of one scale. */
const recurrentWeights: readonly Weights[] = [1, 2].map((input) => ({ input, axis: () => undefined }));

/** Weights of the input, of the hidden state, and of a bias for each of the two. */
const recurrent: Operands = {
  data: [0, 5],
  weights: recurrentWeights,
  bias: 3,
  allResults: true,
  states: [hidden],
};

const table: ReadonlyMap<string, Operands> = new Map<string, Operands>([
  ['Conv', { data: [0], weights: [{ input: 1, axis: () => 0 }], bias: 2 }],
  ['ConvTranspose', { data: [0], weights: [{ input: 1, axis: transposedAxis }], bias: 2 }],
  ['Gemm', { data: [0], weights: [{ input: 1, axis: gemmAxis }], bias: 2 }],
  ['MatMul', { data: [0], weights: [{ input: 1, axis: lastAxis }] }],
  [
    'LSTM',
    {
      ...recurrent,
      data: [0, 5, 6],
      weights: [...recurrentWeights, { input: 7, axis: () => undefined }],
      states: [hidden, cell],
    },
  ],
  ['GRU', recurrent],
  ['RNN', recurrent],
  ['Clip', { data: [0], passive: [1, 2] }],
  // The range has 0 in it: a padding of zeros widens nothing.
  ['Pad', { data: [0, 2] }],
  ['Where', { data: [1, 2] }],
  ['ScatterElements', { data: [0, 2], ties: (node) => viewText(node, 'reduction') === 'none' }],
  ['ScatterND', { data: [0, 2], ties: (node) => viewText(node, 'reduction') === 'none' }],
  ['Split', { data: [0], allResults: true }],
  // Boxes say where, and may stay floats. What lies outside counts as 0.
  ['RoiAlign', { data: [0] }],
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
  for (const { node, index } of result.uses()) if (!node || !isWeights(node, index)) return false;
  return true;
}

/** Whether an operand holds weights. */
export function isWeights(node: Node, index: number): boolean {
  return operandsOf(node).weights?.some(({ input }) => input === index) === true;
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
