import type { Reals } from '../../tensor/reals.ts';
import type { PackPanels, StoreBlock } from '../linear/gemm-core.ts';
import type { WindowRuns } from './window-runs.ts';
/**
 * Packs the matrix whose columns are the windows of an image and whose rows are the taps of all its channels,
 * block by block, without ever making it whole. Channels are `channelSize` elements apart, from `offset` on.
 */
export declare function packWindows(
  data: Reals,
  offset: number,
  channelSize: number,
  windows: WindowRuns,
): PackPanels;
/**
 * The way back: adds a matrix of that form, block by block, onto the places of the image that its elements
 * belong to. Channels of `image` are `channelSize` elements apart.
 */
export declare function addWindows(image: Float64Array, channelSize: number, windows: WindowRuns): StoreBlock;
