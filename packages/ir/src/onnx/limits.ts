import type { ByteSource } from '../types/byte-source.ts';

/** Finds a file of external data by its `location`. Throws a `RefoldError` when it may not or cannot. */
export type ExternalFiles = (location: string) => ByteSource;

/** Options of `decodeModel`. */
export interface DecodeOptions {
  /** How many graphs may be nested in each other (branches and loop bodies); 100, and never above 500. */
  readonly maxGraphDepth?: number | undefined;
  /** Files of external data. Without it, touching such data is an error. */
  readonly externalFiles?: ExternalFiles | undefined;
}

const DEFAULT_GRAPH_DEPTH = 100;

/** Reading nested graphs takes stack, and the stack is limited. */
const MOST_GRAPH_DEPTH = 500;

export function graphDepthOf(options: DecodeOptions): number {
  return Math.min(options.maxGraphDepth ?? DEFAULT_GRAPH_DEPTH, MOST_GRAPH_DEPTH);
}

/** Messages that may be nested: a graph, a node and an attribute a level, and types beyond them. */
export function messageDepthOf(graphDepth: number): number {
  return 3 * graphDepth + 20;
}
