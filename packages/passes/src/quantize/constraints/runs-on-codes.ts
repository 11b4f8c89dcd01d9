import { dtypeKind, dtypeOf, type Node, type Value } from '@refold/ir';
import type { Target } from '../targets/target.ts';
import { operandsOf } from './operands.ts';

/**
 * Whether a target runs a node on codes: an operator of its table, with data of float32. Comparisons give others, and a
 * Cast integers or truth values: other floats would not be codes.
 */
export function runsOnCodes(node: Node, target: Target): boolean {
  if (node.domain !== '' || !target.operators.has(node.opType)) return false;
  if (node.graph?.model.functionOf(node)) return false;
  if (node.is('Cast') && node.outputs.some(isFloat)) return false;
  const { data } = operandsOf(node);
  const operands = data ? data.map((i) => node.inputs[i]) : node.inputs;
  return (
    operands.every((value) => value === undefined || dtypeOf(value) === 'float32') &&
    operands.some((value) => value !== undefined)
  );
}

/** Floats of any type; what is not known may be one. */
export function isFloat(value: Value | undefined): boolean {
  const dtype = dtypeOf(value);
  return value !== undefined && (dtype === undefined || dtypeKind(dtype) === 'float');
}
