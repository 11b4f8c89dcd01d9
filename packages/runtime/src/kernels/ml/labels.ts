import type { NdArray, NdData } from '../../tensor/nd-array.ts';
import type { KernelContext } from '../kernel.ts';

/** A list of int64 attributes, exact. */
export function int64s(ctx: KernelContext, name: string): BigInt64Array | undefined {
  const attribute = ctx.op.attribute(name);
  if (attribute === undefined) return undefined;
  if (attribute.type === 'ints') return BigInt64Array.from(attribute.value, BigInt);
  return BigInt64Array.from(ctx.op.intsAttribute(name) ?? [], BigInt);
}

/** Class labels of a classifier: strings when it has some, else integers. */
export function classLabels(ctx: KernelContext, intsName: string): NdData {
  const strings = ctx.op.stringsAttribute('classlabels_strings') ?? [];
  return strings.length > 0 ? [...strings] : (int64s(ctx, intsName) ?? new BigInt64Array(0));
}

/** Writes label `index` as element `at` of the result. */
export function putLabel(ctx: KernelContext, into: NdArray, at: number, labels: NdData, index: number): void {
  const label = labels[index];
  const { data } = into;
  if (typeof label === 'string' && Array.isArray(data)) data[at] = label;
  else if (typeof label === 'bigint' && data instanceof BigInt64Array) data[at] = label;
  else throw ctx.op.invalid(`class ${index} has no label`);
}
