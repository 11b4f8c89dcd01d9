import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import type { FastMemory } from './memory.ts';

/** A value that stays: a copy of what lies in the memory of a session, where something else will lie soon. */
export function owned(memory: FastMemory, value: NdValue | undefined): NdValue | undefined {
  if (value?.kind !== 'tensor' || !(value.data instanceof Float32Array)) return value;
  if (value.data.buffer !== memory.buffer) return value;
  return new NdArray(value.dtype, value.dims, value.data.slice());
}
