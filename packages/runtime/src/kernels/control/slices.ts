import { type DType, dtypeKind, type Value } from '@refold/ir';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { stridedCopy } from '../../tensor/strided-copy.ts';
import { strides } from '../../tensor/strides.ts';
import { wordsOf } from '../../tensor/words.ts';
import type { KernelContext } from '../kernel.ts';

/** Slice `index` of an array along an axis, without that axis. A view along the first axis, else a copy. */
export function sliceAt(array: NdArray, axis: number, index: number, ctx: KernelContext): NdArray {
  const dims = withoutAxis(array.dims, axis);
  if (axis === 0) {
    const perSlice = array.data.length / (array.dims[0] ?? 1);
    const { data } = array;
    const from = index * perSlice;
    const part = Array.isArray(data)
      ? data.slice(from, from + perSlice)
      : data.subarray(from, from + perSlice);
    return new NdArray(array.dtype, dims, part);
  }
  const out = ctx.alloc(array.dtype, dims);
  const steps = strides(array.dims);
  stridedCopy(
    dims,
    { view: wordsOf(out), offset: 0, strides: strides(dims) },
    { view: wordsOf(array), offset: index * (steps[axis] ?? 0), strides: withoutAxis(steps, axis) },
  );
  return out;
}

/** Writes an array as slice `index` of another one along an axis. */
export function putAt(into: NdArray, axis: number, index: number, slice: NdArray): void {
  const steps = strides(into.dims);
  stridedCopy(
    slice.dims,
    { view: wordsOf(into), offset: index * (steps[axis] ?? 0), strides: withoutAxis(steps, axis) },
    { view: wordsOf(slice), offset: 0, strides: strides(slice.dims) },
  );
}

/** Slices that come one after the other, stacked along a new axis of known length. */
export class Stack {
  private readonly ctx: KernelContext;
  private readonly source: Value | undefined;
  private readonly length: number;
  private readonly axis: number;
  private result: NdArray | undefined;
  private axisAt = 0;

  /** @param axis of the result, negative from the end */
  constructor(ctx: KernelContext, source: Value | undefined, length: number, axis: number) {
    this.ctx = ctx;
    this.source = source;
    this.length = length;
    this.axis = axis;
  }

  put(index: number, value: NdValue | undefined): void {
    const slice = scanTensor(this.ctx, value);
    this.result ??= this.allocate(slice.dtype, slice.dims);
    checkSlice(this.ctx, slice, this.result.dtype, withoutAxis(this.result.dims, this.axisAt));
    putAt(this.result, this.axisAt, index, slice);
  }

  /** The finished array. Without slices its other sizes are those that are known of the body's result. */
  done(): NdArray {
    if (this.result) return this.result;
    const { dtype, dims } = sliceType(this.ctx, this.source);
    return this.allocate(dtype, dims);
  }

  private allocate(dtype: DType, dims: readonly number[]): NdArray {
    const rank = dims.length + 1;
    this.axisAt = this.axis < 0 ? this.axis + rank : this.axis;
    if (this.axisAt < 0 || this.axisAt >= rank) {
      throw this.ctx.op.invalid(`axis ${this.axis} is out of range for a result of rank ${rank}`);
    }
    return this.ctx.alloc(dtype, [...dims.slice(0, this.axisAt), this.length, ...dims.slice(this.axisAt)]);
  }
}

/** Slices of a number that is not known beforehand, stacked along a new first axis. */
export function stackAll(ctx: KernelContext, slices: readonly NdArray[], source: Value | undefined): NdArray {
  const first = slices[0];
  if (first === undefined) {
    const { dtype, dims } = sliceType(ctx, source);
    return ctx.alloc(dtype, [0, ...dims]);
  }
  const out = ctx.alloc(first.dtype, [slices.length, ...first.dims]);
  slices.forEach((slice, i) => {
    checkSlice(ctx, slice, first.dtype, first.dims);
    putAt(out, 0, i, slice);
  });
  return out;
}

export function scanTensor(ctx: KernelContext, value: NdValue | undefined): NdArray {
  if (value?.kind !== 'tensor') throw ctx.op.invalid('a result of the body that is stacked must be a tensor');
  return value;
}

function checkSlice(ctx: KernelContext, slice: NdArray, dtype: DType, dims: readonly number[]): void {
  if (slice.dtype === dtype && slice.rank === dims.length && slice.dims.every((d, i) => d === dims[i]))
    return;
  throw ctx.op.invalid(
    `results of its rounds differ: ${dtype} [${dims.join(', ')}], then ${slice.dtype} [${slice.dims.join(', ')}]`,
  );
}

/** Element type and sizes of a result of the body that never came; sizes that are not known are 0. */
function sliceType(ctx: KernelContext, source: Value | undefined): { dtype: DType; dims: readonly number[] } {
  const type = source?.type ?? source?.declared;
  if (type?.kind !== 'tensor') throw ctx.op.invalid('the type of a result without rounds is not known');
  return { dtype: type.dtype, dims: (type.shape ?? []).map((d) => (typeof d === 'number' ? d : 0)) };
}

function withoutAxis(list: readonly number[], axis: number): readonly number[] {
  return [...list.slice(0, axis), ...list.slice(axis + 1)];
}

/** Whether a condition holds: a bool tensor of one element. */
export function isTrue(ctx: KernelContext, value: NdValue | undefined): boolean {
  if (value?.kind !== 'tensor' || dtypeKind(value.dtype) !== 'bool' || value.size !== 1) {
    throw ctx.op.invalid('the condition must be a bool tensor of one element');
  }
  return value.data[0] !== 0;
}
