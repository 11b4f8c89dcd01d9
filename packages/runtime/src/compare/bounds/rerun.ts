import { type DType, elementCount, ModelError, OpContext, RefoldError } from '@refold/ir';
import type { KernelContext } from '../../kernels/kernel.ts';
import { kernelOf } from '../../kernels/registry.ts';
import { ValueFacts } from '../../run/operand-facts.ts';
import { newData } from '../../tensor/codec.ts';
import { NdArray, type NdValue } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { type EvaluatedNode, floatArray } from './errors.ts';

/**
 * Runs the plain kernel of a node on other operands. Undefined when there is none, when it runs nested graphs,
 * and when it refuses the operands.
 */
export function rerun(
  node: EvaluatedNode,
  operands: readonly (NdValue | undefined)[],
): readonly (NdValue | undefined)[] | undefined {
  const { op } = node;
  const kernel = kernelOf(op.node.domain, op.node.opType);
  if (!kernel || op.node.graphs.length > 0 || op.node.graph?.model.functionOf(op.node)) return undefined;
  try {
    return kernel.run(operands, contextFor(new OpContext(op.node, op.schema, new ValueFacts(operands))));
  } catch (error) {
    if (error instanceof RefoldError) return undefined;
    throw error;
  }
}

function contextFor(op: OpContext): KernelContext {
  return {
    op,
    outputCount: op.outputCount,
    wants: (index) => op.hasOutput(index),
    alloc(dtype: DType, dims: readonly number[]) {
      return new NdArray(dtype, dims, newData(dtype, elementCount(dims)));
    },
    runGraph() {
      throw new ModelError('model/unsupported', 'nested graphs are not run here');
    },
    random() {
      throw new ModelError('model/unsupported', 'nothing is drawn here');
    },
    tick() {},
  };
}

/** Whether operand `index` may be float64, as far as the schema tells. */
function takesDoubles(op: OpContext, index: number): boolean {
  if (!op.schema) return true;
  const formal = op.schema.inputs[Math.min(index, op.schema.inputs.length - 1)];
  const allowed = formal && op.schema.types.get(formal.type);
  return allowed?.includes('tensor(double)') ?? false;
}

/** The operands with other numbers in place of those of the floats; float64 wherever the operator takes that. */
export function withNumbers(
  node: EvaluatedNode,
  numbers: (array: NdArray, index: number) => Float64Array,
): readonly (NdValue | undefined)[] {
  return node.inputs.map((value, index) => {
    const array = floatArray(value);
    if (!array) return value;
    const changed = numbers(array, index);
    return takesDoubles(node.op, index)
      ? new NdArray('float64', array.dims, changed)
      : new NdArray('float32', array.dims, Float32Array.from(changed));
  });
}

/** The numbers of an array, as a copy that may be written to. */
export function numbersOf(array: NdArray): Float64Array {
  return Float64Array.from(reals(array));
}
