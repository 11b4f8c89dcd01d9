import {
  constantTensor,
  type DType,
  elementCount,
  isSplat,
  type Node,
  staticShape,
  Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';

/** How many nodes are looked through. */
const MAX_CARRIERS = 16;

/** Constants of more elements are not converted or compared; they are data. */
const MAX_CONVERTED = 4096;

/** Operators whose first output has the elements of the first input, or those repeated. */
const carriers: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Expand'],
]);

/**
 * The data of a value that is the same in every run, also where the graph computes it from a constant in a way
 * that keeps its elements: Identity, Cast that is exact for these elements, Reshape and similar operators, and Transpose
 * and Expand of equal elements. Needs inferred types for all but Identity.
 */
export function constantOf(value: Value): Tensor | undefined {
  const own = constantTensor(value);
  return own || !value.producer || !carriers.has(value.producer.opType) ? own : behindCarriers(value);
}

function behindCarriers(value: Value): Tensor | undefined {
  const path: { readonly node: Node; readonly result: Value }[] = [];
  let at = value;
  while (path.length <= MAX_CARRIERS) {
    const tensor = constantTensor(at);
    if (tensor) return carried(tensor, path);
    const node = at.producer;
    if (node?.domain !== '' || !carriers.has(node.opType) || at.index !== 0) return undefined;
    if (node.graph?.model.functionOf(node)) return undefined;
    const operand = node.inputs[0];
    if (!operand) return undefined;
    path.push({ node, result: at });
    at = operand;
  }
  return undefined;
}

function carried(
  source: Tensor,
  path: readonly { readonly node: Node; readonly result: Value }[],
): Tensor | undefined {
  let tensor: Tensor | undefined = source;
  for (const { node, result } of path.toReversed()) {
    tensor = step(tensor, node, result);
    if (!tensor) return undefined;
  }
  return tensor;
}

function step(tensor: Tensor, node: Node, result: Value): Tensor | undefined {
  if (node.opType === 'Identity') return tensor;
  const type = result.type;
  if (type?.kind !== 'tensor') return undefined;
  if (node.opType === 'Cast') return castExactly(tensor, type.dtype);
  const dims = staticShape(type.shape);
  if (!dims) return undefined;
  if (node.opType === 'Transpose' || node.opType === 'Expand') {
    if (tensor.size !== 1 && (tensor.size > MAX_CONVERTED || !isSplat(tensor))) return undefined;
    return filled(tensor, dims);
  }
  return elementCount(dims) === tensor.size ? tensor.reshaped(dims) : undefined;
}

/** The tensor with another dtype, when each element survives the way there and back. */
function castExactly(tensor: Tensor, dtype: DType): Tensor | undefined {
  if (tensor.dtype === dtype) return tensor;
  if (tensor.size > MAX_CONVERTED || !isReal(tensor.dtype) || !isReal(dtype)) return undefined;
  const values = tensorFloats(tensor);
  // Doubles stand for 64-bit integers only up to 2^53.
  if (isLong(tensor.dtype) || isLong(dtype)) {
    if (!values.every((x) => Number.isSafeInteger(x))) return undefined;
  }
  const result = tensorOf(dtype, tensor.dims, values);
  const back = tensorFloats(result);
  return values.every((x, i) => Object.is(x, back[i])) ? result : undefined;
}

function isReal(dtype: DType): boolean {
  return dtype !== 'string' && dtype !== 'complex64' && dtype !== 'complex128';
}

function isLong(dtype: DType): boolean {
  return dtype === 'int64' || dtype === 'uint64';
}

/** A tensor of other dims whose elements all are those of `tensor`, which are equal; written out when read. */
function filled(tensor: Tensor, dims: readonly number[]): Tensor | undefined {
  const count = elementCount(dims);
  if (count === tensor.size) return tensor.reshaped(dims);
  if (!tensor.data || tensor.size === 0) return undefined;
  const width = tensor.byteLength / tensor.size;
  // Elements that share bytes are rare enough to be left alone.
  if (!Number.isInteger(width)) return undefined;
  const element = tensor.bytes().subarray(0, width);
  const byteLength = count * width;
  return Tensor.lazy(tensor.dtype, dims, {
    byteLength,
    load: () => {
      const bytes = new Uint8Array(byteLength);
      for (let i = 0; i < byteLength; i += width) bytes.set(element, i);
      return bytes;
    },
  });
}
