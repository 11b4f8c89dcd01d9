import type { NdArray } from '../../tensor/nd-array.ts';
import type { Reals } from '../../tensor/reals.ts';

/** Whether sums of `terms` products of elements of a and b are exact in double. */
export function exactInDoubles(a: Reals, b: Reals, terms: number): boolean {
  return largest(a) * largest(b) * terms <= Number.MAX_SAFE_INTEGER;
}

/** The largest absolute value. */
export function largest(values: Reals): number {
  let max = 0;
  for (let i = 0; i < values.length; i += 1) {
    const x = Math.abs(values[i] as number);
    if (x > max) max = x;
  }
  return max;
}

/** The elements of an integer array as 64-bit integers; those above 2^63 wrap, as products modulo 2^64 may. */
export function toBigInts(array: NdArray): BigInt64Array {
  const { data } = array;
  if (data instanceof BigInt64Array) return data;
  if (data instanceof BigUint64Array) return new BigInt64Array(data.buffer, data.byteOffset, data.length);
  const out = new BigInt64Array(data.length);
  for (let i = 0; i < out.length; i += 1) out[i] = BigInt(Number(data[i]));
  return out;
}

/** Stores 64-bit integers in an integer array; narrower types keep the low bits. */
export function storeBigInts(values: BigInt64Array, into: NdArray): void {
  const { data } = into;
  if (data instanceof BigInt64Array) data.set(values);
  else if (data instanceof BigUint64Array)
    data.set(new BigUint64Array(values.buffer, values.byteOffset, values.length));
  else for (let i = 0; i < values.length; i += 1) data[i] = Number(BigInt.asIntN(32, values[i] as bigint));
}

/** A matrix of 64-bit integers: element (i, j) is `data[offset + i * rowStride + j * columnStride]`. */
export interface BigMatrix {
  readonly data: BigInt64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Product modulo 2^64, row-major from `at` on. */
export function multiplyBigInts(
  m: number,
  n: number,
  k: number,
  a: BigMatrix,
  b: BigMatrix,
  out: BigInt64Array,
  at: number,
  tick: () => void,
): void {
  for (let i = 0; i < m; i += 1) {
    for (let j = 0; j < n; j += 1) {
      let sum = 0n;
      let p = a.offset + i * a.rowStride;
      let q = b.offset + j * b.columnStride;
      for (let d = 0; d < k; d += 1) {
        sum += (a.data[p] as bigint) * (b.data[q] as bigint);
        p += a.columnStride;
        q += b.rowStride;
      }
      // Storing keeps the low 64 bits.
      out[at + i * n + j] = sum;
    }
    tick();
  }
}
