/**
 * Operators that hand on their operand, or may make a constant of one: a congruent value may do without them, so
 * they are demanded only where a part is matched itself.
 */
export const dispensable: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Dropout', 'Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Expand'],
  ...['Sum', 'Max', 'Min', 'Mean', 'Concat', 'Constant'],
]);
