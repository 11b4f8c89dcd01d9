import { einsum, einsumSizes, elementCount, type OpContext } from '@refold/ir';
import type { EvaluatedNode } from '../compare/bounds/errors.ts';
import type { NdValue } from '../tensor/nd-array.ts';

/** What a node has to do, however it does it. */
export interface Work {
  /** Additions and multiplications of numbers, one each; a function like exp counts as ten. */
  readonly flops: number;
  /** Bytes of all operands and results, each once. */
  readonly bytes: number;
}

/** The work of a node: it depends on the operator and the shapes, not on the kernel. Nested graphs count by themselves. */
export function workOf(node: EvaluatedNode): Work {
  let bytes = 0;
  for (const value of [...node.inputs, ...node.outputs]) bytes += bytesOf(value);
  return { flops: flopsOf(node.op, node.inputs.map(dimsOf), node.outputs.map(dimsOf)), bytes };
}

/** Sizes of a tensor; undefined for what is none, or absent, or not known. */
export type Dims = readonly number[] | undefined;

function dimsOf(value: NdValue | undefined): Dims {
  return value?.kind === 'tensor' ? value.dims : undefined;
}

function bytesOf(value: NdValue | undefined): number {
  if (value?.kind !== 'tensor') return 0;
  // What a string takes nobody knows; 16 bytes is what the memory limit counts, too.
  return Array.isArray(value.data) ? value.data.length * 16 : value.data.byteLength;
}

/** A node, and the sizes of its operands and results. */
interface Sized {
  readonly op: OpContext;
  readonly inputs: readonly Dims[];
  readonly outputs: readonly Dims[];
}

type Formula = (node: Sized) => number;

/** What one call of exp, log, tanh and their like counts as. */
const FUNCTION = 10;

const sizeOf = (dims: Dims): number => (dims ? elementCount(dims) : 0);
const output = (node: Sized): number => sizeOf(node.outputs[0]);

const perOutput =
  (count: number): Formula =>
  (node) =>
    count * output(node);

const perInput =
  (count: number): Formula =>
  (node) =>
    count * sizeOf(node.inputs[0]);

/** 2 B M N K. */
const matMul: Formula = (node) => 2 * output(node) * (node.inputs[0]?.at(-1) ?? 0);

const gemm: Formula = (node) => {
  const k = node.inputs[0]?.[(node.op.int('transA') ?? 0) === 0 ? 1 : 0] ?? 0;
  return 2 * output(node) * k + (node.inputs[2] ? output(node) : 0);
};

/** 2 N O H' W' C/g kh kw, and the bias. */
const convolution =
  (weights = 1, bias = 2): Formula =>
  (node) => {
    const filter = node.inputs[weights]?.slice(1) ?? [];
    return 2 * output(node) * elementCount(filter) + (node.inputs[bias] ? output(node) : 0);
  };

/** Every element of the input goes into kh kw elements of each of O/g channels. */
const transposed: Formula = (node) => {
  const perGroup = node.inputs[1]?.slice(1) ?? [];
  return 2 * sizeOf(node.inputs[0]) * elementCount(perGroup) + (node.inputs[2] ? output(node) : 0);
};

/** A product for each combination of letters, added up. */
const contraction: Formula = (node) => {
  let all = 1;
  for (const size of einsumSizes(node.op, einsum.view(node.op))?.sizes.values() ?? []) {
    all *= typeof size === 'number' ? size : 1;
  }
  return all * Math.max(1, node.inputs.length);
};

const window =
  (count: number): Formula =>
  (node) =>
    count * output(node) * elementCount(node.op.intsAttribute('kernel_shape') ?? []);

/** `gates` products of inputs and of the hidden state a step, and the functions of the gates. */
const recurrent =
  (gates: number): Formula =>
  (node) => {
    const [steps = 0, batch = 0] = node.inputs[0] ?? [];
    const [directions = 0, , inputs = 0] = node.inputs[1] ?? [];
    const hidden = node.inputs[2]?.[2] ?? 0;
    return steps * batch * directions * gates * hidden * (2 * (inputs + hidden) + FUNCTION);
  };

/** Q K^T, Softmax, and the product with V. */
const attention: Formula = ({ op, inputs: [q, k, , , past], outputs: [y] }) => {
  if (!y || !q || !k) return 0;
  const heads = q.length === 4 ? (q[1] ?? 1) : (op.int('q_num_heads') ?? 1);
  const keys = (k.length === 4 ? (k[2] ?? 0) : (k[1] ?? 0)) + (past?.[2] ?? 0);
  const queries = q.length === 4 ? (q[2] ?? 0) : (q[1] ?? 0);
  const scores = (q[0] ?? 0) * heads * queries * keys;
  return 2 * keys * (sizeOf(q) + sizeOf(y)) + scores * (FUNCTION + 4);
};

const rows: readonly (readonly [Formula, string])[] = [
  [
    perOutput(1),
    'Abs Add And BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Ceil Clip DequantizeLinear Div Equal Floor Greater',
  ],
  [
    perOutput(1),
    'GreaterOrEqual LeakyRelu Less LessOrEqual Max Mean Min Mod Mul Neg Not Or PRelu Reciprocal',
  ],
  [perOutput(1), 'Relu Round Sign Sqrt Sub Sum ThresholdedRelu Where Xor'],
  [perOutput(4), 'BatchNormalization HardSigmoid HardSwish QuantizeLinear RotaryEmbedding Shrink Softsign'],
  [perOutput(FUNCTION), 'Acos Acosh Asin Asinh Atan Atanh Celu Cos Cosh Elu Erf Exp Gelu Log Mish Pow Selu'],
  [perOutput(FUNCTION), 'Sigmoid Sin Sinh Softplus Swish Tan Tanh'],
  [perOutput(8), 'GridSample Resize Upsample'],
  [perInput(8), 'GroupNormalization InstanceNormalization LayerNormalization LpNormalization LRN'],
  [perInput(8), 'MeanVarianceNormalization RMSNormalization'],
  [perInput(FUNCTION + 3), 'Hardmax LogSoftmax Softmax'],
  [perInput(1), 'ArgMax ArgMin CumProd CumSum GlobalAveragePool GlobalMaxPool ReduceL1 ReduceMax ReduceMean'],
  [perInput(1), 'ReduceMin ReduceProd ReduceSum'],
  [perInput(2), 'GlobalLpPool ReduceL2 ReduceSumSquare'],
  [perInput(FUNCTION + 1), 'ReduceLogSum ReduceLogSumExp'],
  [window(1), 'AveragePool MaxPool'],
  [window(2), 'LpPool'],
  [matMul, 'MatMul MatMulInteger MatMulNBits QLinearMatMul'],
  [gemm, 'Gemm'],
  [convolution(), 'Conv'],
  [convolution(1, -1), 'ConvInteger'],
  [convolution(3, 8), 'QLinearConv'],
  [transposed, 'ConvTranspose'],
  [contraction, 'Einsum'],
  [recurrent(4), 'LSTM'],
  [recurrent(3), 'GRU'],
  [recurrent(1), 'RNN'],
  [attention, 'Attention'],
];

const formulas: ReadonlyMap<string, Formula> = new Map(
  rows.flatMap(([formula, names]) => names.split(' ').map((name) => [name, formula] as const)),
);

/** The arithmetic of a node, as one computes it directly; 0 for movement. */
export function flopsOf(op: OpContext, inputs: readonly Dims[], outputs: readonly Dims[]): number {
  const { domain, opType } = op.node;
  const standard = domain === '' || domain === 'com.microsoft';
  return (standard ? formulas.get(opType)?.({ op, inputs, outputs }) : undefined) ?? 0;
}
