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
export function floatsToRead(tensor: Tensor): Float32Array | Float64Array {
  if (tensor.dtype !== 'float32') return tensorFloats(tensor);
  const bytes = tensor.bytes();
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Float32Array(aligned.buffer, aligned.byteOffset, tensor.size);
}

/** How a tensor is seen as [rows, columns, block], and the factors of its columns. */
interface Columns {
  readonly columns: number;
  readonly block: number;
  /** One for each column; the rows fall into groups of the same size, and each group has its own, one after the other. */
  readonly scale: ArrayLike<number>;
  /** 1 when absent. */
  readonly groups?: number;
}

/** A float tensor with every element multiplied by the factor of its column. Undefined when a result is not finite. */
function scaleColumns(tensor: Tensor, { columns, block, scale, groups = 1 }: Columns): Tensor | undefined {
  const from = floatsToRead(tensor);
  const to = tensor.dtype === 'float32' ? new Float32Array(from.length) : new Float64Array(from.length);
  const rowsOfGroup = from.length / (columns * block) / groups;
  for (let i = 0, row = 0; i < from.length; row += 1) {
    const first = Math.floor(row / rowsOfGroup) * columns;
    if (block === 1) {
      for (let c = 0; c < columns; c += 1, i += 1) to[i] = (from[i] as number) * at(scale, first + c);
      continue;
    }
    for (let c = 0; c < columns; c += 1) {
      const factor = at(scale, first + c);
      for (const end = i + block; i < end; i += 1) to[i] = (from[i] as number) * factor;
    }
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
  const [columns = 0, ...inner] = weight.dims;
  return scaleColumns(weight, { columns, block: elementCount(inner), scale });
}

/** Scales the output channels of the weight [C, M/group, ...] of a ConvTranspose. */
export function scaleConvTransposeOutputs(
  weight: Tensor,
  groups: number,
  scale: ArrayLike<number>,
): Tensor | undefined {
  return scaleWithinGroups(weight, groups, scale);
}

/** Scales the input channels of the weight [M, C/group, ...] of a Conv. */
export function scaleConvInputs(
  weight: Tensor,
  groups: number,
  scale: ArrayLike<number>,
): Tensor | undefined {
  return scaleWithinGroups(weight, groups, scale);
}

/** Axis 1 of a weight counts channels within a group; the groups follow each other along axis 0. */
function scaleWithinGroups(weight: Tensor, groups: number, scale: ArrayLike<number>): Tensor | undefined {
  const [, columns = 0, ...window] = weight.dims;
  return scaleColumns(weight, { columns, block: elementCount(window), scale, groups });
}

/** Scales the rows (axis 0) or the columns (axis 1) of a matrix [R, C]. */
export function scaleMatrix(weight: Tensor, axis: 0 | 1, scale: ArrayLike<number>): Tensor | undefined {
  const [rows = 1, columns = 1] = weight.dims;
  return scaleColumns(
    weight,
    axis === 0 ? { columns: rows, block: columns, scale } : { columns, block: 1, scale },
  );
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
