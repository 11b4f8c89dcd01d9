import { broadcastingOperators, broadcastsInto, type Node, type Value } from '@refold/ir';
import { constantOf } from './constant-of.ts';

/** Operators of which all operands broadcast to the shape of the result. */
const broadcasting: ReadonlySet<string> = new Set([...broadcastingOperators, 'PRelu']);

/**
 * Whether a constant could give the result of its user a larger shape than the other operands do. Where it
 * could, it is more than the number it is made of: its node also expands.
 */
export function mayWiden(constant: Value, user: Node): boolean {
  if (user.domain !== '' || !broadcasting.has(user.opType)) return false;
  const dims = constantOf(constant)?.dims;
  if (!dims) return true;
  if (dims.length === 0) return false;
  return !user.inputs.some((other) => {
    if (!other || other === constant || other.type?.kind !== 'tensor') return false;
    return broadcastsInto(dims, other.type.shape) === 'yes';
  });
}
