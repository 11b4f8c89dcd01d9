import type { Node, Value } from '@refold/ir';

/** Operators whose results can differ by more than the sign of a zero when an operand does. */
const tells: ReadonlySet<string> = new Set([
  'Div', // by it: infinities of either sign
  'Reciprocal',
  'Pow',
  'BitCast',
  'Cast', // to a string
  'Loop',
  'Scan',
  'If',
  'SequenceMap',
]);

/** How far results are followed before the answer is "perhaps". */
const MAX_NODES = 1024;

/**
 * Whether the sign of zeros in a value can show in a result of the model as more than the sign of a zero:
 * 1 / -0 is not 1 / +0. Conservative: operators that are not known to be harmless count.
 */
export function zeroSignMatters(value: Value): boolean {
  const seen = new Set<Node>();
  const stack: Value[] = [value];
  for (let v = stack.pop(); v; v = stack.pop()) {
    for (const user of v.users()) {
      if (seen.has(user)) continue;
      seen.add(user);
      if (seen.size > MAX_NODES || user.domain !== '' || tells.has(user.opType) || user.graphs.length > 0)
        return true;
      for (const output of user.outputs) if (output) stack.push(output);
    }
  }
  return false;
}
