import { type Node, OpContext, schemaOf } from '@refold/ir';
import type { NdArray, NdValue } from '@refold/runtime';

/** An element on which two engines differ by more than is allowed. */
export interface DifferingElement {
  readonly at: number;
  readonly ours: number | bigint | string;
  readonly theirs: number | bigint | string;
}

/** A node on whose result the engines do not agree, given the same operands. */
export interface Disagreement {
  readonly seed: number;
  readonly tier: string;
  readonly node: Node;
  /** The node by its attributes, with the schema's defaults. */
  readonly op: OpContext;
  readonly inputs: readonly (NdValue | undefined)[];
  readonly output: number;
  readonly ours: NdValue | undefined;
  readonly theirs: NdValue | undefined;
  /** One line for people. */
  readonly reason: string;
  /** Of tensors of one shape and type. */
  readonly elements: readonly DifferingElement[];
}

const nothing = {
  type: () => undefined,
  ints: () => undefined,
  floats: () => undefined,
  strings: () => undefined,
  dims: () => undefined,
};

/** A node with its attributes only. */
export function attributesOnly(node: Node): OpContext {
  const opset = node.graph?.opset(node.domain) ?? 1;
  return new OpContext(node, schemaOf(node.domain, node.opType, opset), nothing);
}

/** The tensor that operand `index` is. */
export function tensorAt(d: Pick<Disagreement, 'inputs'>, index: number): NdArray | undefined {
  const value = d.inputs[index];
  return value?.kind === 'tensor' ? value : undefined;
}
