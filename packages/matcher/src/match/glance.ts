import type { Value } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { constantOf } from '../canonical/constant-of.ts';
import type { OpPattern, PatternData } from '../pattern/pattern.ts';

/**
 * Whether a pattern may match at a value, by the operators at its root and right below. A look that costs next
 * to nothing and spares most searches; `true` promises nothing.
 */
export function mayMatchAt(pattern: PatternData, value: Value): boolean {
  return isPlausible(pattern, value, hasPlausibleOperands);
}

/**
 * Whether a pattern may match at an operand, by the operator at its root, or by whether it is a constant; `shared` are parts that may also be
 * congruent to what stands elsewhere. As cheap, and as little of a promise, as {@link mayMatchAt}.
 */
export function mayStandAt(
  pattern: PatternData,
  operand: Value | undefined,
  shared: ReadonlySet<PatternData>,
): boolean {
  if (pattern.kind === 'constant') return operand !== undefined && constantOf(operand) !== undefined;
  if (!asksForOperator(pattern) || shared.has(pattern)) return true;
  if (pattern.kind === 'named') return mayStandAt(pattern.of, operand, shared);
  if (pattern.kind === 'choice')
    return pattern.alternatives.some(({ of }) => mayStandAt(of, operand, shared));
  return isPlausibleOperand(pattern, operand);
}

/** Looks at the operator of a value, if the pattern asks for one, and then further by `below`. */
function isPlausible(
  pattern: PatternData,
  value: Value | undefined,
  below: (pattern: OpPattern, value: Value) => boolean,
): boolean {
  switch (pattern.kind) {
    case 'op':
      return value !== undefined && isOpAt(pattern, value) && below(pattern, value);
    case 'named':
      return isPlausible(pattern.of, value, below);
    case 'choice':
      for (const { of } of pattern.alternatives) if (isPlausible(of, value, below)) return true;
      return false;
    default:
      return true;
  }
}

function hasPlausibleOperands(pattern: OpPattern, value: Value): boolean {
  const operands = value.producer?.inputs ?? [];
  for (let i = 0; i < pattern.inputs.length; i += 1) {
    const input = pattern.inputs[i];
    if (!input || !asksForOperator(input)) continue;
    if (pattern.commute) {
      if (!operands.some((operand) => isPlausibleOperand(input, operand))) return false;
    } else if (!isPlausibleOperand(input, operands[i])) return false;
  }
  return true;
}

/** Nodes that hand on their operand are looked through, so what makes it is not known at a glance. */
function isPlausibleOperand(pattern: PatternData, operand: Value | undefined): boolean {
  if (isPlausible(pattern, operand, anything)) return true;
  return operand?.producer !== undefined && isAlias(operand.producer, operand);
}

function asksForOperator({ kind }: PatternData): boolean {
  return kind === 'op' || kind === 'named' || kind === 'choice';
}

function anything(): boolean {
  return true;
}

function isOpAt(pattern: OpPattern, value: Value): boolean {
  const node = value.producer;
  if (!node || value.index !== pattern.output || node.domain !== pattern.domain) return false;
  return pattern.ops.includes(node.opType);
}
