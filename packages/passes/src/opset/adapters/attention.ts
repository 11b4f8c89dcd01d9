import { addDims, type Dim, dimRange, type Shape, sameDim, type Value } from '@refold/ir';
import { type Adapter, type Conversion, intAttribute } from '../conversion.ts';

/**
 * Attention 24: a mask of one key was broadcast to all keys, and became one that is shorter than the keys,
 * those behind it masked. Where that may happen the mask is broadcast before.
 */
export const attentionMask: Adapter = (c) => {
  const mask = c.node.inputs[3];
  if (!mask) return;
  const width = c.op.shape(3)?.at(-1);
  const keys = keyCount(c);
  if (width !== undefined && isWide(width, keys)) return;
  const length = typeof keys === 'number' ? c.intsConstant([keys], 'keys') : countKeys(c);
  c.setOperand(3, c.emit('Expand', [mask, length]));
};

/** Whether a mask of that width certainly has an element a key. */
function isWide(width: Dim, keys: Dim | undefined): boolean {
  return dimRange(width).lo > 1 || (keys !== undefined && sameDim(width, keys) === 'yes');
}

/** Keys, cached ones included, if known; [B, heads, keys, size] or [B, keys, heads * size]. */
function keyCount(c: Conversion): Dim | undefined {
  const own = secondToLast(c.op.shape(1));
  const past = c.op.hasInput(4) ? secondToLast(c.op.shape(4)) : 0;
  return own === undefined || past === undefined ? undefined : addDims(past, own);
}

function secondToLast(shape: Shape | undefined): Dim | undefined {
  return shape?.at(-2);
}

/** The same as a vector of one, computed. */
function countKeys(c: Conversion): Value {
  const second = [intAttribute('start', -2), intAttribute('end', -1)];
  const own = c.emit('Shape', [c.input(1)], second);
  return c.op.hasInput(4) ? c.emit('Add', [own, c.emit('Shape', [c.input(4)], second)]) : own;
}
