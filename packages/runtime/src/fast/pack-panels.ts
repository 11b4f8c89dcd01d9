import type { ByteReader } from '../tensor/byte-reader.ts';
import type { FastMemory } from './memory.ts';
import { stageStretches } from './staging.ts';

/**
 * Where the elements of a right operand stand in a constant; distances in elements. The columns of a convolution are
 * its output channels, and what is summed are the input channels of each tap of a window.
 */
export interface PanelSource {
  /** Matrices that lie one after the other, each with panels of its own. */
  readonly groups: number;
  readonly columns: number;
  readonly column: number;
  readonly inputs: number;
  readonly input: number;
  /** Input channels with those of zero that fill up a block of four. */
  readonly channels: number;
  /** The part of the window that is used: its rows are `line` apart, its first tap is `tap`. */
  readonly kh: number;
  readonly kw: number;
  readonly line: number;
  readonly tap: number;
  /** Of the first element. */
  readonly begin: number;
}

/** A matrix of `k` rows and `n` columns. */
export function matrixSource(k: number, n: number, row: number, column: number, begin = 0): PanelSource {
  const window = { kh: 1, kw: 1, line: 0, tap: 0 };
  return { groups: 1, columns: n, column, inputs: k, input: row, channels: k, begin, ...window };
}

/** Numbers in each column of a panel. */
export function depthOf({ channels, kh, kw }: PanelSource): number {
  return kh * kw * channels;
}

/** What is packed. */
export interface Packing {
  readonly memory: FastMemory;
  readonly read: ByteReader;
  /** Bytes of a number, which are brought to panels as they are. */
  readonly size: 1 | 2 | 4;
  /** Bytes before each panel, which are left as they are. */
  readonly head: number;
  readonly source: PanelSource;
  /** For each column of each group what its numbers (float32) are multiplied by, in double, and rounded once. */
  readonly factors: Float64Array | undefined;
}

/**
 * Writes the panels of one group, in place of zeros. A stretch of the constant is read at a time: some columns, or
 * some rows of a matrix whose columns are interleaved.
 */
export function packPanels(packing: Packing, group: number, to: number): void {
  const { memory, read, size, head, source, factors } = packing;
  const { columns, column, inputs, input: row, channels, kh, kw, line, tap } = source;
  const panel = 8 * depthOf(source) * size + head;
  const { kernels } = memory;
  const byColumns = column >= inputs * row;
  const [count, distance] = byColumns ? [columns, column] : [inputs, row];
  const stretch = {
    read,
    begin: (source.begin + group * columns * column) * size,
    count,
    distance: distance * size,
    multiple: byColumns ? 8 : 1,
  };
  const table = factors?.subarray(group * columns, (group + 1) * columns);
  stageStretches(memory, stretch, table, (first, some, from, factor) => {
    const [n, k, at] = byColumns
      ? [some, inputs, to + (first / 8) * panel]
      : [columns, some, to + first * 8 * size];
    const call = [n, column * size, k, row * size, channels, kh, kw, line * size, from + tap * size] as const;
    if (factors) kernels.packScaled(...call, factor + (byColumns ? first * 8 : 0), at);
    else kernels.packPanels(size, head, ...call, at);
  });
}
