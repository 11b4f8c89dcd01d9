import type { Reals } from '../../tensor/reals.ts';
import type { PackPanels, StoreBlock } from '../linear/gemm-core.ts';
import type { WindowRuns } from './window-runs.ts';

/**
 * Packs the matrix whose columns are the windows of an image and whose rows are the taps of all its channels,
 * block by block, without ever making it whole. Channels are `channelSize` elements apart, from `offset` on.
 */
export function packWindows(
  data: Reals,
  offset: number,
  channelSize: number,
  windows: WindowRuns,
): PackPanels {
  const { taps, step } = windows;
  return (firstLine, lines, firstDepth, depth, panels) => {
    panels.fill(0);
    windows.cut(firstLine, lines);
    for (let d = 0; d < depth; d += 1) {
      const tap = (firstDepth + d) % taps;
      const channel = offset + ((firstDepth + d - tap) / taps) * channelSize;
      for (let run = 0; run < windows.runs; run += 1) {
        if (!windows.place(run, tap)) continue;
        const { to } = windows;
        const line = windows.line(run);
        const base = channel + windows.base;
        for (let i = windows.from; i < to; i += 1) {
          const l = line + i;
          panels[((l >> 2) * depth + d) * 4 + (l & 3)] = data[base + i * step] as number;
        }
      }
    }
  };
}

/**
 * The way back: adds a matrix of that form, block by block, onto the places of the image that its elements
 * belong to. Channels of `image` are `channelSize` elements apart.
 */
export function addWindows(image: Float64Array, channelSize: number, windows: WindowRuns): StoreBlock {
  const { taps, step } = windows;
  return (firstRow, rows, firstColumn, columns, block, stride) => {
    windows.cut(firstColumn, columns);
    for (let r = 0; r < rows; r += 1) {
      const tap = (firstRow + r) % taps;
      const channel = ((firstRow + r - tap) / taps) * channelSize;
      for (let run = 0; run < windows.runs; run += 1) {
        if (!windows.place(run, tap)) continue;
        const { to } = windows;
        const base = channel + windows.base;
        const from = r * stride + windows.line(run);
        for (let i = windows.from; i < to; i += 1) {
          const at = base + i * step;
          image[at] = (image[at] as number) + (block[from + i] as number);
        }
      }
    }
  };
}
