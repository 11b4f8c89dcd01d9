import type { DType, Graph, OpContext } from '@refold/ir';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';

/** What a kernel may use besides its inputs: its node (through `op`, whose facts are all known now) and services. */
export interface KernelContext {
  /** The node as views see it; call the operator's view with it. */
  readonly op: OpContext;
  /** Number of outputs that the node asks for; absent optional ones included. */
  readonly outputCount: number;
  /** Whether output `index` is wanted. */
  wants(index: number): boolean;
  /**
   * A new zero-filled array (empty strings for `string`). Throws `model/limit` when the run's memory limit
   * would be passed, so allocate large results here.
   */
  alloc(dtype: DType, dims: readonly number[]): NdArray;
  /** Runs a nested graph; captured outer values are looked up by the runtime. */
  runGraph(graph: Graph, inputs: readonly (NdValue | undefined)[]): readonly (NdValue | undefined)[];
  /** Next uniform number in [0, 1) of the run's seeded generator. */
  random(): number;
  /** Throws when the run was aborted or took longer than its limit; long loops call it now and then. */
  tick(): void;
}

/**
 * The implementation of one operator: a pure function of inputs and parameters. An absent optional input is
 * undefined. Results are in the order of the outputs; entries that are not wanted may be undefined.
 */
export interface Kernel {
  /** Standard domain when absent. */
  readonly domain?: string;
  readonly name: string;
  run(inputs: readonly (NdValue | undefined)[], ctx: KernelContext): readonly (NdValue | undefined)[];
}
