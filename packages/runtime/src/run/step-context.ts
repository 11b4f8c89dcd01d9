import type { DType, Graph, OpContext } from '@refold/ir';
import type { KernelContext } from '../kernels/kernel.ts';
import { newData } from '../tensor/codec.ts';
import { NdArray, type NdValue } from '../tensor/nd-array.ts';
import { checkExtent } from './extent.ts';
import type { Frame } from './frame.ts';
import type { Interpreter, Values } from './interpreter.ts';

/** What a kernel gets to see of the run, for one node. */
export class StepContext implements KernelContext {
  readonly op: OpContext;
  private readonly run: Interpreter;
  private readonly frame: Frame;
  /** Results of nested graphs that the kernel may still hold. */
  private readonly loans = new Set<NdValue>();

  constructor(run: Interpreter, op: OpContext, frame: Frame) {
    this.run = run;
    this.op = op;
    this.frame = frame;
  }

  get outputCount(): number {
    return this.op.outputCount;
  }

  wants(index: number): boolean {
    return this.op.hasOutput(index);
  }

  alloc(dtype: DType, dims: readonly number[]): NdArray {
    let count = 1;
    for (const d of dims) {
      if (!Number.isSafeInteger(d) || d < 0) throw this.op.invalid(`a result of shape [${dims.join(', ')}]`);
      count *= d;
    }
    if (count === 0) checkExtent(dims);
    this.run.ledger.reserve(dtype, dims);
    return new NdArray(dtype, dims, newData(dtype, count));
  }

  /**
   * Results count as memory of the run while the kernel has them. One that is handed to the next run of a
   * nested graph is state, which the kernel passes along and does not keep.
   */
  runGraph(graph: Graph, inputs: Values): Values {
    const outputs = this.run.runNested(graph, inputs, this.frame);
    for (const output of outputs) {
      if (!output || this.loans.has(output)) continue;
      this.run.ledger.hold(output);
      this.loans.add(output);
    }
    for (const input of inputs) if (input && !outputs.includes(input)) this.repay(input);
    return outputs;
  }

  random(): number {
    return this.run.random.next();
  }

  tick(): void {
    this.run.budget.check();
  }

  /** The kernel has returned, and holds nothing any more. */
  done(): void {
    for (const loan of this.loans) this.run.ledger.drop(loan);
    this.loans.clear();
  }

  private repay(value: NdValue): void {
    if (this.loans.delete(value)) this.run.ledger.drop(value);
  }
}
