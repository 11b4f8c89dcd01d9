import { elementCount, type Node } from '@refold/ir';

/** Sizes of a tensor; undefined for what is none, or absent, or not known. */
export type Dims = readonly number[] | undefined;

/** Operators that only move elements, or give parameters. */
const moving: ReadonlySet<string> = new Set([
  ...[
    'Cast',
    'CastLike',
    'Compress',
    'Concat',
    'Constant',
    'ConstantOfShape',
    'DepthToSpace',
    'Dropout',
    'Expand',
  ],
  ...[
    'EyeLike',
    'Flatten',
    'Gather',
    'GatherElements',
    'GatherND',
    'Identity',
    'OneHot',
    'Pad',
    'Range',
    'Reshape',
  ],
  ...[
    'ReverseSequence',
    'ScatterElements',
    'ScatterND',
    'Shape',
    'Size',
    'Slice',
    'SpaceToDepth',
    'Split',
    'Squeeze',
  ],
  ...['Tile', 'Transpose', 'Trilu', 'Unsqueeze', 'Where'],
]);

/** Operators that take a series or a quotient of series an element. */
const costly: ReadonlySet<string> = new Set([
  ...[
    'Acos',
    'Acosh',
    'Asin',
    'Asinh',
    'Atan',
    'Atanh',
    'Celu',
    'Cos',
    'Cosh',
    'Elu',
    'Erf',
    'Exp',
    'Gelu',
    'Log',
  ],
  ...[
    'LogSoftmax',
    'Mish',
    'Pow',
    'Selu',
    'Sigmoid',
    'Sin',
    'Sinh',
    'Softmax',
    'Softplus',
    'Swish',
    'Tan',
    'Tanh',
  ],
]);

/**
 * Arithmetic of a node, as one computes it directly: 2 for a product that is added, 1 an element of a result, 10 for
 * functions like exp, 0 for movement. It hangs on sizes only, not on the kernel.
 */
export function flopsOf(node: Node, inputs: readonly Dims[], outputs: readonly Dims[]): number {
  const out = outputs[0] ? elementCount(outputs[0]) : 0;
  const [a, b] = inputs;
  switch (node.opType) {
    case 'Conv':
    case 'ConvInteger':
      return 2 * out * taps(b);
    case 'QLinearConv':
      return 2 * out * taps(inputs[3]);
    case 'ConvTranspose':
      return 2 * elementCount(a ?? [0]) * taps(b);
    case 'MatMul':
    case 'MatMulInteger':
    case 'QLinearMatMul':
      return 2 * out * (a?.at(-1) ?? 0);
    case 'Gemm':
      return outputs[0] ? 2 * out * (elementCount(a ?? [0]) / Math.max(outputs[0][0] ?? 1, 1)) : 0;
  }
  if (moving.has(node.opType)) return 0;
  if (node.opType.startsWith('Reduce') || node.opType.startsWith('Global')) return elementCount(a ?? [0]);
  if (node.opType.endsWith('Pool')) return out * window(node);
  return out * (costly.has(node.opType) ? 10 : 1);
}

/** Products that make one element of a convolution: of all axes of the weights but the first. */
function taps(weights: Dims): number {
  return weights ? elementCount(weights.slice(1)) : 0;
}

function window(node: Node): number {
  const kernel = node.attributes.get('kernel_shape');
  return kernel?.type === 'ints' ? kernel.value.reduce<number>((a, b) => a * Number(b), 1) : 1;
}
