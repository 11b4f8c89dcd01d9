import type { Node, OpContext } from '@refold/ir';
import type { Profile } from '../profile/profile.ts';
import type { NdValue } from '../tensor/nd-array.ts';

/** What happened when a node ran. Values are shared with the run: read them, never write. */
export interface NodeEvent {
  readonly node: Node;
  /** The node as its kernel saw it, for views. */
  readonly op: OpContext;
  /** In the order of the operands; absent ones are undefined. */
  readonly inputs: readonly (NdValue | undefined)[];
  /** In the order of the outputs; ones that are not wanted are undefined. */
  readonly outputs: readonly (NdValue | undefined)[];
  /** 0 in the main graph, one more in each nested graph and function body. */
  readonly depth: number;
  /** Time that the node took, nested graphs included. */
  readonly milliseconds: number;
  /** Bytes that values of the run take after the node; constants do not count. 0 in the fast tier, which plans them. */
  readonly bytesHeld: number;
}

/** What there is to say of a whole run. */
export interface RunSummary {
  /** The most bytes that values of the run took at one time; constants do not count. */
  readonly peakBytes: number;
}

/** How a run may behave. Every option has a default. */
export interface RunOptions {
  /** Bytes that feeds and computed values may take together; 4 GiB when absent. Constants do not count. */
  readonly memoryLimit?: number | undefined;
  /** Milliseconds that a run may take; no limit when absent. */
  readonly timeLimit?: number | undefined;
  /** How deep nested graphs and function calls may go; 100 when absent. */
  readonly depthLimit?: number | undefined;
  /** Seed of random operators that bring none; 0 when absent. The same seed gives the same run. */
  readonly seed?: number | undefined;
  /** Ends the run with `usage/aborted`. Looked at between nodes; runs are synchronous, so a timer cannot fire in one. */
  readonly signal?: AbortSignal | undefined;
  /** Told of every node after it ran, inner nodes before the node that holds their graph. */
  readonly onNode?: ((event: NodeEvent) => void) | undefined;
  /**
   * Whether arrays that `onNode` is told of, and results of the main graph, may lie in memory that the session uses
   * again: the former until `onNode` returns, the latter until the next run of any session in that memory. Who keeps
   * one longer has to copy it. When absent or false, they stay as they are.
   */
  readonly lends?: boolean | undefined;
  /** Told when a run has come to its end. */
  readonly onEnd?: ((summary: RunSummary) => void) | undefined;
  /** Filled with what nodes did, and how long that took. */
  readonly profile?: Profile | undefined;
}

export const DEFAULT_MEMORY_LIMIT: number = 4 * 2 ** 30;
export const DEFAULT_DEPTH_LIMIT = 100;
