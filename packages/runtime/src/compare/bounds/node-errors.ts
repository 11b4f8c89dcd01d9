import { isDeterministic } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { carriedErrors } from './carried.ts';
import { addErrors, type Errors, type EvaluatedNode, floatArray, storeError } from './errors.ts';
import { localErrors } from './local.ts';
import { operatorError } from './operator-errors.ts';

/**
 * How far the outputs of a node may lie from exact arithmetic, when its operands may lie as far as `errors`
 * from it: what its own arithmetic adds, and what becomes of the errors of its operands (to first order).
 */
export function nodeErrors(node: EvaluatedNode, errors: readonly Errors[] = []): readonly Errors[] {
  const { domain, opType } = node.op.node;
  if (!isDeterministic(node.op.node) || node.op.node.graphs.length > 0)
    return node.outputs.map(() => 'unknown');
  const rule = operatorError(domain, opType);
  // Sums take the rounding of constants into their count of terms.
  const operands = rule.local.kind === 'sum' ? errors : withRounding(node, errors);
  const carried = carriedErrors(node, operands, rule);
  return node.outputs.map((output, i) => {
    if (output && output.kind !== 'tensor') return errors.every((e) => e === 'none') ? 'none' : 'unknown';
    return addErrors(localErrors(node, i, rule.local), carried[i] ?? 'none');
  });
}

function withRounding(node: EvaluatedNode, errors: readonly Errors[]): readonly Errors[] {
  const { rounded } = node;
  if (!rounded?.includes(true)) return errors;
  return node.inputs.map((value, i) => {
    const array = rounded[i] ? floatArray(value) : undefined;
    const own = errors[i] ?? 'none';
    return array ? addErrors(own, roundingErrors(array)) : own;
  });
}

/** What rounding to its type may have changed in a constant. Multiples of a half mean what they say. */
function roundingErrors(array: NdArray): Float64Array {
  return Float64Array.from(reals(array), (v) => (v % 0.5 === 0 ? 0 : storeError(array.dtype, v)));
}

/**
 * How far two implementations of a node may lie apart on the same operands, by output: twice what the
 * arithmetic of one may err, nothing for what IEEE 754 rounds correctly. Undefined where nothing but equality
 * will do; infinite where nothing is known.
 */
export function nodeBounds(node: EvaluatedNode): readonly (Float64Array | undefined)[] {
  const { domain, opType } = node.op.node;
  const { local } = operatorError(domain, opType);
  return nodeErrors(node).map((errors, i) => {
    if (errors === 'none') return undefined;
    const y = floatArray(node.outputs[i]);
    if (errors === 'unknown') return y && new Float64Array(y.size).fill(Number.POSITIVE_INFINITY);
    if (local.kind === 'rounded' && y && (y.dtype === 'float32' || y.dtype === 'float64')) return undefined;
    return errors.map((e) => 2 * e);
  });
}
