import { constantTensor, type Node } from '@refold/ir';

/** Why a product of data with weights stays in floats. */
export type FloatReason =
  /** Asked for. */
  | 'asked'
  /** The first or the last product: they cost most. */
  | 'end'
  /** The weight has too few elements to be worth it. */
  | 'small'
  /** No operand is a constant. */
  | 'computed'
  /** The weight is read by others as floats, too: codes would only be added. */
  | 'shared'
  /** There is no integer form of this operator with these operands. */
  | 'operator';

/** A product that stays in floats. */
export interface FloatProduct {
  readonly node: Node;
  readonly reason: FloatReason;
}

const products: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul']);

export function isProduct(node: Node): boolean {
  return node.domain === '' && products.has(node.opType) && !node.graph?.model.functionOf(node);
}

/** Whether one of the two operands that are multiplied is a constant. */
export function hasConstantWeight({ inputs }: Node): boolean {
  return inputs.slice(0, 2).some((v) => v !== undefined && constantTensor(v) !== undefined);
}
