import type { Int } from '../../graph/attribute.ts';

/** A 64-bit integer in a form that protobufjs takes: a bigint itself it would write as 0 without a word. */
export function wireLong(value: Int): number | { low: number; high: number; unsigned: boolean } {
  if (typeof value === 'number') return value;
  return {
    low: Number(BigInt.asIntN(32, value)),
    high: Number(BigInt.asIntN(32, value >> 32n)),
    unsigned: false,
  };
}
