import type { NodeEvent } from '../run/options.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { type Work, workOf } from './flops.ts';

/** One node that ran. Times are in milliseconds since the profile began. */
export interface ProfiledNode extends Work {
  readonly name: string;
  readonly op: string;
  /** `float32[2, 3]`, for each operand that is there. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** 0 in the main graph, one more in each nested graph and function body. */
  readonly depth: number;
  readonly start: number;
  /** Nested graphs and function bodies included. */
  readonly duration: number;
  /** Without what nodes of nested graphs and function bodies took. */
  readonly self: number;
  /** Bytes of the values that were held when it had run. */
  readonly bytesHeld: number;
}

/**
 * Collects what nodes do: give `record` as `onNode` of a run. The times of all nodes by themselves add up to no
 * more than the time of the run.
 */
export class Profile {
  readonly nodes: ProfiledNode[] = [];
  private readonly began: number = performance.now();
  /** What the nodes at a depth took since the last node above them ended. */
  private readonly inner: number[] = [];

  readonly record = (event: NodeEvent): void => {
    const { node, depth, milliseconds, bytesHeld } = event;
    const end = performance.now() - this.began;
    const nested = this.inner[depth + 1] ?? 0;
    this.inner[depth + 1] = 0;
    this.inner[depth] = (this.inner[depth] ?? 0) + milliseconds;
    this.nodes.push({
      name: node.label,
      op: node.op,
      inputs: event.inputs.flatMap((v) => (v ? [describe(v)] : [])),
      outputs: event.outputs.flatMap((v) => (v ? [describe(v)] : [])),
      depth,
      start: Math.max(0, end - milliseconds),
      duration: milliseconds,
      self: Math.max(0, milliseconds - nested),
      bytesHeld,
      ...workOf(event),
    });
  };
}

function describe(value: NdValue): string {
  return value.kind === 'tensor' ? `${value.dtype}[${value.dims.join(', ')}]` : value.kind;
}
