/** Operators of the standard domain that treat the elements of all their operands alike, after broadcasting. */
export const broadcastingOperators: ReadonlySet<string> = new Set([
  ...['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Pow', 'Sum', 'Mean', 'Max', 'Min', 'Where', 'And', 'Or', 'Xor'],
  ...['Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual'],
  ...['BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
]);

/**
 * Operators of which two operands may change places without a change of any bit. Those of Max and Min may not: -0 and
 * +0 are equal.
 */
export const commutingOperators: ReadonlySet<string> = new Set([
  ...['Add', 'Sum', 'Mul', 'Equal', 'And', 'Or', 'Xor', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor'],
]);
