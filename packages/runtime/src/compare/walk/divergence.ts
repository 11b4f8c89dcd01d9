import type { Node, Value } from '@refold/ir';
import type { Difference } from '../compare-values.ts';
import type { Verdict } from './judge.ts';
import type { ParameterDifference } from './same-steps.ts';

/** A node, for reports. */
export interface NodeName {
  /** Its own name, or that of its first result. */
  readonly name: string;
  readonly op: string;
}

/** A pair of values that differ by more than rounding explains, computed from the same operands. */
export interface Divergence {
  /** Name of the value in the first model. */
  readonly value: string;
  /** Its name in the second model. */
  readonly got: string;
  /** The nodes that compute them; absent for a constant. */
  readonly wantNode: NodeName | undefined;
  readonly gotNode: NodeName | undefined;
  readonly difference: Difference;
  /** The parameter in which the two nodes differ, if that is all. */
  readonly parameter: ParameterDifference | undefined;
  /**
   * Whether they differ by far more than rounding: by a hundredth of the largest element, or in type or shape.
   * Then the name may only stand for something else.
   */
  readonly gross: boolean;
}

export function divergenceOf(
  want: Value,
  got: Value,
  { difference, gross }: Extract<Verdict, { kind: 'over' }>,
  parameter: ParameterDifference | undefined,
): Divergence {
  return {
    value: want.name,
    got: got.name,
    wantNode: nodeName(want.producer),
    gotNode: nodeName(got.producer),
    difference,
    parameter,
    gross,
  };
}

/** A node of the second model fails where the first model has no trouble. */
export function failureOf(node: Node, want: Value | undefined, reason: string): Divergence {
  const name = node.outputs.find((v) => v !== undefined)?.name ?? '';
  return {
    value: want?.name ?? name,
    got: name,
    wantNode: nodeName(want?.producer),
    gotNode: nodeName(node),
    difference: { kind: 'missing', message: `its node fails: ${reason}` },
    parameter: undefined,
    gross: true,
  };
}

function nodeName(node: Node | undefined): NodeName | undefined {
  return node && { name: node.label, op: node.op };
}
