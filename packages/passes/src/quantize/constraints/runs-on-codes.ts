import { dtypeOf, type Node } from '@refold/ir';
import type { Target } from '../targets/target.ts';
import { operandsOf } from './operands.ts';

/** Whether a target runs a node on codes: an operator of its table, with data of float32. Comparisons give others. */
export function runsOnCodes(node: Node, target: Target): boolean {
  if (node.domain !== '' || !target.operators.has(node.opType)) return false;
  if (node.graph?.model.functionOf(node)) return false;
  const { data } = operandsOf(node);
  const operands = data ? data.map((i) => node.inputs[i]) : node.inputs;
  return (
    operands.every((value) => value === undefined || dtypeOf(value) === 'float32') &&
    operands.some((value) => value !== undefined)
  );
}
