import type { NodeEvent } from '../run/options.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { type Work, workOf } from './flops.ts';

/** What one kernel of the fast tier did: its part of a {@link ProfiledNode}. */
export type KernelCall = Pick<ProfiledNode, 'name' | 'op' | 'kernel' | 'flops' | 'bytes' | 'bytesHeld'>;

/** One node that ran. Times are in milliseconds since the profile began. */
export interface ProfiledNode extends Work {
  /** Of the node, or of what it computes; empty for conversions of results of the graph in the fast tier. */
  readonly name: string;
  /** Empty where {@link ProfiledNode.name} is. */
  readonly op: string;
  /** `reference`, or a kernel of the fast tier, which may compute several nodes at once. */
  readonly kernel: string;
  /** `float32[2, 3]`, for each operand that is there. None are told of kernels of the fast tier. */
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
 * Collects what nodes do: give it to a run as `profile`. In the fast tier what nested graphs do is part of the node
 * that holds them. The times of all nodes by themselves add up to no more than the time of the run.
 */
export class Profile {
  readonly nodes: ProfiledNode[] = [];
  private began: number = performance.now();
  /** What the nodes at a depth took since the last node above them ended. */
  private readonly inner: number[] = [];

  /** Starts anew. A session calls it at the beginning of a run. */
  begin(): void {
    this.nodes.length = this.inner.length = 0;
    this.began = performance.now();
  }

  /** Notes a kernel that began at `started`, by `performance.now()`, and ends now. */
  note(started: number, call: KernelCall): void {
    const duration = performance.now() - started;
    const start = Math.max(0, started - this.began);
    this.nodes.push({ ...call, inputs: [], outputs: [], depth: 0, start, duration, self: duration });
  }

  /** Notes a node of the reference tier. */
  record(event: NodeEvent): void {
    const { node, depth, milliseconds, bytesHeld } = event;
    const end = performance.now() - this.began;
    const nested = this.inner[depth + 1] ?? 0;
    this.inner[depth + 1] = 0;
    this.inner[depth] = (this.inner[depth] ?? 0) + milliseconds;
    this.nodes.push({
      name: node.label,
      op: node.op,
      kernel: 'reference',
      inputs: event.inputs.flatMap((v) => (v ? [describe(v)] : [])),
      outputs: event.outputs.flatMap((v) => (v ? [describe(v)] : [])),
      depth,
      start: Math.max(0, end - milliseconds),
      duration: milliseconds,
      self: Math.max(0, milliseconds - nested),
      bytesHeld,
      ...workOf(event),
    });
  }
}

function describe(value: NdValue): string {
  return value.kind === 'tensor' ? `${value.dtype}[${value.dims.join(', ')}]` : value.kind;
}
