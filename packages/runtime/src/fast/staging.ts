import type { ByteReader } from '../tensor/byte-reader.ts';
import { align, type FastMemory } from './memory.ts';

/** Bytes of a constant that are brought into memory at a time to be packed: they stay in the second-level cache. */
const STAGED = 256 * 1024;

/** A stretch of a constant: `count` lines that begin `distance` bytes apart. */
export interface Stretch {
  readonly read: ByteReader;
  /** The first byte of it. */
  readonly begin: number;
  readonly count: number;
  readonly distance: number;
  /** Lines that are staged together at the least; all but the last part have a multiple of so many. */
  readonly multiple: number;
}

/**
 * Brings a stretch into memory, some lines at a time, with a table of factors. `use` is told which lines they are, and
 * where they and the table lie; it must keep nothing.
 */
export function stageStretches(
  memory: FastMemory,
  { read, begin, count, distance, multiple }: Stretch,
  factors: Float64Array | undefined,
  use: (first: number, some: number, from: number, table: number) => void,
): void {
  const fitting = Math.floor(STAGED / (distance * multiple)) * multiple;
  const lines = Math.min(count, Math.max(multiple, fitting));
  const room = align(lines * distance);
  const from = memory.spare(room + (factors?.byteLength ?? 0));
  const table = from + room;
  if (factors) new Float64Array(memory.buffer, table, factors.length).set(factors);
  for (let first = 0; first < count; first += lines) {
    const some = Math.min(lines, count - first);
    read(begin + first * distance, new Uint8Array(memory.buffer, from, some * distance));
    use(first, some, from, table);
  }
}
