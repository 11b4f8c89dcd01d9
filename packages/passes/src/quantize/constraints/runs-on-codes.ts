import { dtypeOf, type Node, type Value } from '@refold/ir';
import type { Target } from '../targets/target.ts';
import { operandsOf } from './operands.ts';

/** Whether a target runs a node on codes: an operator of its table, with data of float32. Comparisons give others. */
export function runsOnCodes(node: Node, target: Target): boolean {
  if (node.domain !== '' || !target.operators.has(node.opType)) return false;
  if (node.graph?.model.functionOf(node) || target.forms?.get(node.opType)?.(node) === false) return false;
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
