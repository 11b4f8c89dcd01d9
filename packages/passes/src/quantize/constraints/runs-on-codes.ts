import { dtypeKind, dtypeOf, type Node, type Value } from '@refold/ir';
import type { Target } from '../targets/target.ts';
import { operandsOf } from './operands.ts';

/**
 * Whether a target runs a node on codes: an operator of its table, with data of float32. Comparisons give others, and a
 * Cast integers or truth values: other floats would not be codes.
 */
export function runsOnCodes(node: Node, target: Target): boolean {
  if (node.domain !== '' || !target.operators.has(node.opType)) return false;
  if (node.graph?.model.functionOf(node) || target.forms?.get(node.opType)?.(node) === false) return false;
  if (node.is('Cast') && node.outputs.some(isFloat)) return false;
  const { data, states = [] } = operandsOf(node);
  // The scale of a state that adds up inside is known to the kernel alone; that of what is multiplied must be given.
  const isSeen = states.every(
    ({ results, isWide }) => isWide || results.some((i) => isRead(node.outputs[i])),
  );
  if (!isSeen) return false;
  const operands = data ? data.map((i) => node.inputs[i]) : node.inputs;
  return (
    operands.every((value) => value === undefined || dtypeOf(value) === 'float32') &&
    operands.some((value) => value !== undefined)
  );
}

function isRead(value: Value | undefined): boolean {
  return value !== undefined && value.useCount > 0;
}

/** Floats of any type; what is not known may be one. */
export function isFloat(value: Value | undefined): boolean {
  const dtype = dtypeOf(value);
  return value !== undefined && (dtype === undefined || dtypeKind(dtype) === 'float');
}
