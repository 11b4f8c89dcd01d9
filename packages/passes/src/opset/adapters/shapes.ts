import { staticShape, type Value } from '@refold/ir';
import { type Conversion, intAttribute, type Replacement } from '../conversion.ts';

/** What gives `value` the shape of `like`, which has as many elements. */
export function shapedLike(c: Conversion, value: Value, like: Value): Replacement {
  const opType = 'Reshape';
  const shape = like.type?.kind === 'tensor' ? staticShape(like.type.shape) : undefined;
  if (shape?.every((size) => size > 0)) {
    return { opType, inputs: [value, c.intsConstant(shape, 'shape')], attributes: [] };
  }
  const inputs = [value, c.emit('Shape', [like])];
  // A size of 0 would be taken from the other operand. Opset 13 cannot say otherwise.
  if (c.target < 14) return { opType, inputs, attributes: [] };
  return { opType, inputs, attributes: [intAttribute('allowzero', 1)], version: 14 };
}

/** The elements of a value as a vector. */
export function flattened(c: Conversion, value: Value): Value {
  return c.emit('Reshape', [value, c.intsConstant([-1], 'shape')]);
}
