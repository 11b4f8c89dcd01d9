import type { Node, Value } from '@refold/ir';
import type { Frame } from '../run/frame.ts';
import type { Interpreter } from '../run/interpreter.ts';

/** What a task may use of the run that it is part of. */
export interface RunState {
  readonly interpreter: Interpreter;
  /** Values that do not lie in the arena: feeds, and results of reference kernels. */
  readonly frame: Frame;
}

/** What a call of a kernel costs, for profiles. */
export interface TaskCost {
  /** Arithmetic of the direct way to compute it, whatever the way that is taken. */
  readonly flops: number;
  /** Bytes read and written. */
  readonly bytes: number;
}

/** One step of a plan: a kernel, with all that it needs. */
export interface Task {
  /** Of the kernel. */
  readonly name: string;
  /** The node that it is for; conversions of the results of a graph have none. */
  readonly node: Node | undefined;
  readonly cost: TaskCost;
  run(state: RunState): void;
  /** Values of the frame that nobody needs after it. */
  readonly releases: Value[];
}
