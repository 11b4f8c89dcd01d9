import { type DType, elementCount, Tensor, tensorFloats, tensorOf } from '@refold/ir';
import type { ConstRef } from '@refold/matcher';
import { at } from './affine.ts';

/** A copy of a shared weight larger than this is not worth a node. */
const MAX_COPY = 4096;

/** Whether a weight may be replaced by a changed copy: nobody else keeps the original alive, or it is small. */
export function mayRewrite({ value, tensor }: ConstRef): boolean {
  return value?.useCount === 1 || tensor.byteLength <= MAX_COPY;
}

/** Elements of a float weight for reading, without a copy where it is float32 already. */
function elements(tensor: Tensor): Float32Array | Float64Array {
  if (tensor.dtype !== 'float32') return tensorFloats(tensor);
  const bytes = tensor.bytes();
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, tensor.size);
}

/**
 * A float tensor with every element multiplied by a factor that `factorOf` gives for its block: the tensor
 * is seen as consecutive blocks of `block` elements. Undefined when a result is not finite in its type, or
 * vanishes where neither factor is zero.
 */
export function scaleBlocks(
  tensor: Tensor,
  block: number,
  factorOf: (index: number) => number,
): Tensor | undefined {
  const from = elements(tensor);
  const to = tensor.dtype === 'float32' ? new Float32Array(from.length) : new Float64Array(from.length);
  for (let start = 0, index = 0; start < from.length; start += block, index += 1) {
    const factor = factorOf(index);
    const end = Math.min(start + block, from.length);
    for (let i = start; i < end; i += 1) to[i] = (from[i] as number) * factor;
  }
  return finished(tensor.dtype, tensor.dims, to);
}

/** Rounds to the type of the weights; undefined when a result is not finite there. */
export function finished(
  dtype: DType,
  dims: readonly number[],
  values: Float32Array | Float64Array,
): Tensor | undefined {
  const tensor =
    values instanceof Float32Array && dtype === 'float32'
      ? Tensor.ofBytes(dtype, dims, new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
      : tensorOf(dtype, dims, values);
  return allFinite(values instanceof Float32Array ? values : tensorFloats(tensor)) ? tensor : undefined;
}

function allFinite(values: Float32Array | Float64Array): boolean {
  // A sum of finite doubles this size cannot overflow, and infinities and NaN survive it.
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (values[i] as number) * 0;
  return sum === 0;
}

/** Scales the output channels of the weight [M, C/group, ...] of a Conv. */
export function scaleConvOutputs(weight: Tensor, scale: ArrayLike<number>): Tensor | undefined {
  return scaleBlocks(weight, elementCount(weight.dims.slice(1)), (m) => at(scale, m));
}

/** Scales the output channels of the weight [C, M/group, ...] of a ConvTranspose. */
export function scaleConvTransposeOutputs(
  weight: Tensor,
  group: number,
  scale: ArrayLike<number>,
): Tensor | undefined {
  const [inputs = 0, perGroup = 0] = weight.dims;
  const inputsPerGroup = inputs / group;
  return scaleBlocks(weight, elementCount(weight.dims.slice(2)), (block) => {
    const input = Math.floor(block / perGroup);
    return at(scale, Math.floor(input / inputsPerGroup) * perGroup + (block % perGroup));
  });
}

/** Scales the input channels of the weight [M, C/group, ...] of a Conv. */
export function scaleConvInputs(weight: Tensor, group: number, scale: ArrayLike<number>): Tensor | undefined {
  const [outputs = 0, perGroup = 0] = weight.dims;
  const outputsPerGroup = outputs / group;
  return scaleBlocks(weight, elementCount(weight.dims.slice(2)), (block) => {
    const output = Math.floor(block / perGroup);
    return at(scale, Math.floor(output / outputsPerGroup) * perGroup + (block % perGroup));
  });
}

/** Scales the rows (axis 0) or the columns (axis 1) of a matrix [R, C]. */
export function scaleMatrix(weight: Tensor, axis: 0 | 1, scale: ArrayLike<number>): Tensor | undefined {
  const [, columns = 1] = weight.dims;
  return axis === 0
    ? scaleBlocks(weight, columns, (r) => at(scale, r))
    : scaleBlocks(weight, 1, (i) => at(scale, i % columns));
}

/** bias * scale + shift for `channels` channels; an absent bias is zero. Undefined when not finite. */
export function affineBias(
  dtype: DType,
  channels: number,
  bias: Float64Array | undefined,
  scale: ArrayLike<number>,
  shift: ArrayLike<number>,
): Tensor | undefined {
  const out = new Float64Array(channels);
  for (let c = 0; c < channels; c += 1) out[c] = (bias ? at(bias, c) : 0) * at(scale, c) + at(shift, c);
  return finished(dtype, [channels], out);
}
