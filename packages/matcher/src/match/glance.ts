import type { Value } from '@refold/ir';
import { behindAliases } from '../canonical/alias.ts';
import type { OpPattern, PatternData } from '../pattern/pattern.ts';

/**
 * Whether a pattern may match at a value, by the operators at its root and right below. A look that costs next
 * to nothing and spares most searches; `true` promises nothing.
 */
export function mayMatchAt(pattern: PatternData, value: Value): boolean {
  if (pattern.kind === 'named') return mayMatchAt(pattern.of, value);
  if (pattern.kind !== 'op') return true;
  if (!isOpAt(pattern, value)) return false;
  const operands = value.producer?.inputs ?? [];
  for (let i = 0; i < pattern.inputs.length; i += 1) {
    const input = pattern.inputs[i];
    if (input?.kind !== 'op') continue;
    if (pattern.commute ? !isSome(input, operands) : !mayBeOp(input, operands[i])) return false;
  }
  return true;
}

function isSome(pattern: OpPattern, operands: readonly (Value | undefined)[]): boolean {
  for (const operand of operands) if (mayBeOp(pattern, operand)) return true;
  return false;
}

/** Whether an operand may be what a pattern asks for, or hands that on. */
function mayBeOp(pattern: OpPattern, operand: Value | undefined): boolean {
  if (isOpAt(pattern, operand)) return true;
  const source = operand && behindAliases(operand);
  return source !== operand && isOpAt(pattern, source);
}

function isOpAt(pattern: OpPattern, value: Value | undefined): boolean {
  const node = value?.producer;
  if (!node || value.index !== pattern.output || node.domain !== pattern.domain) return false;
  return pattern.ops.includes(node.opType);
}
