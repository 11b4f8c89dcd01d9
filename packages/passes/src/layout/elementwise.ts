import type { Node } from '@refold/ir';

/** Operators that map each element of their first operand on its own, whatever the shape. */
export const elementwiseUnary: readonly string[] = [
  'Abs',
  'Acos',
  'Acosh',
  'Asin',
  'Asinh',
  'Atan',
  'Atanh',
  'BitwiseNot',
  'Cast',
  'Ceil',
  'Celu',
  'Cos',
  'Cosh',
  'Elu',
  'Erf',
  'Exp',
  'Floor',
  'Gelu',
  'HardSigmoid',
  'HardSwish',
  'IsInf',
  'IsNaN',
  'LeakyRelu',
  'Log',
  'Mish',
  'Neg',
  'Not',
  'Reciprocal',
  'Relu',
  'Round',
  'Selu',
  'Shrink',
  'Sigmoid',
  'Sign',
  'Sin',
  'Sinh',
  'Softplus',
  'Softsign',
  'Sqrt',
  'Swish',
  'Tan',
  'Tanh',
  'ThresholdedRelu',
];

const unary: ReadonlySet<string> = new Set(elementwiseUnary);

/** Whether a node is an elementwise operator of one tensor operand. */
export function isElementwiseUnary(node: Node): boolean {
  if (node.domain !== '' || node.inputs.length !== 1 || node.outputs.length !== 1) return false;
  return unary.has(node.opType) && !node.graph?.model.functionOf(node);
}
