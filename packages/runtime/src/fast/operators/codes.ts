import { InternalError } from '@refold/ir';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import type { FastMemory } from '../memory.ts';
import type { Address } from '../places.ts';
import type { Site } from '../site.ts';

/** The bytes of an array of 8-bit codes. */
export function bytesOf(value: NdValue | undefined): Uint8Array {
  if (value instanceof NdArray && (value.data instanceof Uint8Array || value.data instanceof Int8Array)) {
    return new Uint8Array(value.data.buffer, value.data.byteOffset, value.data.length);
  }
  throw new InternalError('8-bit codes were expected');
}

/** Copies the codes of an array into memory. */
export function storeCodes(memory: FastMemory, place: Address, value: NdValue | undefined): void {
  const bytes = bytesOf(value);
  new Uint8Array(memory.buffer, place.at, bytes.length).set(bytes);
}

/** Copies zero points, as int32; one zero where there are none. */
export function storeZeros(memory: FastMemory, place: Address, value: NdValue | undefined): void {
  const zeros = value instanceof NdArray && !Array.isArray(value.data) ? Array.from(value.data, Number) : [0];
  new Int32Array(memory.buffer, place.at, zeros.length).set(zeros);
}

/** Constant codes as they are, which stay for all runs. */
export function keepCodes(site: Site, index: number, count: number): Address {
  const { memory } = site;
  const at = memory.keep(site.key(index), 'codes', count, (to) => {
    site.bytes(index)(0, new Uint8Array(memory.buffer, to, count));
  });
  return { at };
}

/** `count` constant zero points, or one zero where there are none, as int32. */
export function keepZeros(site: Site, index: number, count: number): Address {
  const { memory } = site;
  const at = memory.keep(site.node, `zeros${index}`, 4 * count, (to) => {
    storeZeros(memory, { at: to }, site.array(index));
  });
  return { at };
}

/**
 * Bytes from one zero point to the next: 0 where one serves all, 4 where each of `lines` has its own; undefined where
 * an operand is neither, or its type is not that of the codes.
 */
export function zeroStep(site: Site, codes: number, zeros: number, lines: number): 0 | 4 | undefined {
  if (!site.value(zeros)) return 0;
  const dims = site.codeDims(zeros);
  if (!dims || site.op.dtype(codes) !== site.op.dtype(zeros)) return undefined;
  const count = dims.reduce((a, b) => a * b, 1);
  if (count === 1) return 0;
  return count === lines && dims.length === 1 ? 4 : undefined;
}
