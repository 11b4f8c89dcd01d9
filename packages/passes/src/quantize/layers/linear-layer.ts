import { constantTensor, dtypeOf, type Node, shapeOf, type Tensor, type Value } from '@refold/ir';
import { viewFlag, viewNumber } from '../../support/view.ts';

/** A product of data with a constant float32 weight, seen as output channels times input channels times a window. */
export interface LinearLayer {
  readonly node: Node;
  readonly weight: Value;
  readonly tensor: Tensor;
  /** Output channels, and input channels, of all groups together. */
  readonly outputs: number;
  readonly inputs: number;
  readonly group: number;
  /** Elements of the weight for one output channel and one input channel. */
  readonly window: number;
  /** Whether the weight runs over output channels first: [M, C, ...] and not [C, M, ...]. */
  readonly outputsFirst: boolean;
  /** The axis of the data along which its channels lie. */
  readonly dataAxis: number;
  /** The axis of the result along which output channels lie. */
  readonly resultAxis: number;
  /** The operand of a bias, if the operator has one. */
  readonly biasInput: number | undefined;
}

/**
 * `Conv`, `ConvTranspose`, `Gemm` and `MatMul` with a constant float32 weight whose sizes fit; undefined for
 * anything else.
 */
export function linearLayer(node: Node): LinearLayer | undefined {
  const weight = node.inputs[1];
  if (!weight || dtypeOf(weight) !== 'float32' || node.domain !== '' || node.inputs[0] === weight)
    return undefined;
  if (node.graph?.model.functionOf(node)) return undefined;
  const tensor = constantTensor(weight);
  const shape = tensor && layoutOf(node, tensor.dims);
  return tensor && shape && { node, weight, tensor, ...shape };
}

/** Nodes of the main graph that are such layers, in its order. */
export function linearLayers(nodes: Iterable<Node>): readonly LinearLayer[] {
  return [...nodes].flatMap((node) => linearLayer(node) ?? []);
}

type Layout = Omit<LinearLayer, 'node' | 'weight' | 'tensor'>;

function layoutOf(node: Node, dims: readonly number[]): Layout | undefined {
  const [first = 0, second = 0, ...kernel] = dims;
  if (dims.length < 2) return undefined;
  switch (node.opType) {
    case 'Conv': {
      const group = viewNumber(node, 'group') ?? 1;
      const sizes = { outputs: first, inputs: second * group, group, window: product(kernel) };
      return first % group === 0 ? { ...sizes, ...alongSecond, outputsFirst: true } : undefined;
    }
    case 'ConvTranspose': {
      const group = viewNumber(node, 'group') ?? 1;
      const sizes = { outputs: second * group, inputs: first, group, window: product(kernel) };
      return first % group === 0 ? { ...sizes, ...alongSecond, outputsFirst: false } : undefined;
    }
    case 'Gemm': {
      if (viewFlag(node, 'transA') !== false || dims.length !== 2) return undefined;
      const outputsFirst = viewFlag(node, 'transB') === true;
      const [outputs, inputs] = outputsFirst ? [first, second] : [second, first];
      return { outputs, inputs, group: 1, window: 1, ...alongSecond, outputsFirst };
    }
    case 'MatMul': {
      const rank = shapeOf(node.inputs[0])?.length;
      if (rank === undefined || rank === 0 || dims.length !== 2) return undefined;
      const axes = { dataAxis: rank - 1, resultAxis: rank - 1, biasInput: undefined };
      return { outputs: second, inputs: first, group: 1, window: 1, ...axes, outputsFirst: false };
    }
    default:
      return undefined;
  }
}

const alongSecond = { dataAxis: 1, resultAxis: 1, biasInput: 2 };

function product(dims: readonly number[]): number {
  return dims.reduce((a, d) => a * d, 1);
}

/**
 * A stretch of windows of a weight: `length` of them from window `at` on. Along it the output channel, or the input
 * channel, goes up by one.
 */
export type WeightRow = (
  at: number,
  length: number,
  output: number,
  outputStep: 0 | 1,
  input: number,
  inputStep: 0 | 1,
) => void;

/** Cuts a weight into such stretches. */
export function forEachWeightRow(layer: LinearLayer, row: WeightRow): void {
  const { outputs, inputs, group, outputsFirst } = layer;
  const [rows, length] = outputsFirst ? [outputs, inputs / group] : [inputs, outputs / group];
  const rowsPerGroup = rows / group;
  for (let r = 0; r < rows; r += 1) {
    const first = Math.floor(r / rowsPerGroup) * length;
    if (outputsFirst) row(r * length, length, r, 0, first, 1);
    else row(r * length, length, first, 1, r, 0);
  }
}
