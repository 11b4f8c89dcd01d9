import { OpContext } from '@refold/ir';
import type { KernelContext } from '../kernels/kernel.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import { StepContext } from '../run/step-context.ts';
import type { NdArray, NdValue } from '../tensor/nd-array.ts';
import type { Address, Place } from './places.ts';
import type { Site } from './site.ts';

/** Operands as arrays, as kernels of the reference tier get them. */
export type Operands = readonly (NdValue | undefined)[];

/**
 * Plans a kernel that takes arrays and makes one, with working memory in the arena. Such are those of integers, whose
 * tensors stay outside of it.
 */
export function emitFramed(
  site: Site,
  name: string,
  scratch: readonly (Place | Address)[],
  run: (operands: Operands, ctx: KernelContext) => NdArray,
): void {
  const { node, result, around } = site;
  const sources = node.inputs.map((value, i) => value && site.source(i));
  if (result) around.storage.bindFramed(result);
  const schema = site.op.schema;
  site.emit(name, [...scratch, ...sources.map((source) => source?.place)], (state) => {
    const operands = sources.map((source) => source?.read(state));
    const op = new OpContext(node, schema, new ValueFacts(operands));
    const { interpreter, frame } = state;
    const mark = interpreter.ledger.mark;
    const made = run(operands, new StepContext(interpreter, op, frame));
    interpreter.ledger.settle(mark);
    if (result) frame.bind(result, made);
  });
}
