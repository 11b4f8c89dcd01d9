import type { Node } from '@refold/ir';
import type { NdValue } from '../tensor/nd-array.ts';
import { type Dims, flopsOf } from './flops.ts';
import type { ProfileEntry } from './profile.ts';

/** What a node of the reference tier did, as far as sizes tell. */
export function referenceEntry(
  node: Node,
  inputs: readonly (NdValue | undefined)[],
  outputs: readonly (NdValue | undefined)[],
): Omit<ProfileEntry, 'start' | 'duration'> {
  const flops = flopsOf(node, inputs.map(dimsOf), outputs.map(dimsOf));
  const bytes = [...inputs, ...outputs].reduce((sum, value) => sum + bytesOf(value), 0);
  return { node: node.label, op: node.op, kernel: 'reference', flops, bytes };
}

function dimsOf(value: NdValue | undefined): Dims {
  return value?.kind === 'tensor' ? value.dims : undefined;
}

function bytesOf(value: NdValue | undefined): number {
  if (value?.kind !== 'tensor' || Array.isArray(value.data)) return 0;
  return value.data.byteLength;
}
