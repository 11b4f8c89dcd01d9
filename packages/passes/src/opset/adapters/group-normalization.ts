import type { Value } from '@refold/ir';
import { type Adapter, type Conversion, intAttribute } from '../conversion.ts';
import { flattened } from './shapes.ts';

/** ONNX's numbers of the types in which the first stage can be computed. */
const stashTypes = new Map([
  ['float16', 10],
  ['float64', 11],
  ['bfloat16', 16],
]);

/**
 * GroupNormalization 21: scale and bias have an element a channel instead of one a group, and the statistics
 * are computed in float32 unless told otherwise instead of in the type of the input.
 */
export const groupNormalizationChannels: Adapter = (c) => {
  const groups = c.op.int('num_groups');
  if (groups === undefined || groups < 1) throw c.refuse('attribute num_groups is missing');
  const dtype = c.op.dtype(0);
  if (dtype === undefined) throw c.refuse('the element type of its input is not known');
  const stash = stashTypes.get(dtype);
  if (stash !== undefined) c.setAttribute(intAttribute('stash_type', stash));
  const perGroup = channelsPerGroup(c, groups);
  for (const i of [1, 2]) c.setOperand(i, perChannel(c, c.input(i), groups, perGroup));
};

/** The shape [1, channels / groups] as a value. */
function channelsPerGroup(c: Conversion, groups: number): Value {
  const channels = c.op.shape(0)?.[1];
  if (typeof channels === 'number') return c.intsConstant([1, channels / groups], 'shape');
  const count = c.emit('Shape', [c.input(0)], [intAttribute('start', 1), intAttribute('end', 2)]);
  const each = c.emit('Div', [count, c.intsConstant([groups], 'groups')]);
  return c.emit('Concat', [c.intsConstant([1], 'one'), each], [intAttribute('axis', 0)]);
}

/** Repeats each element of a vector: [a, b] becomes [a, a, b, b]. */
function perChannel(c: Conversion, value: Value, groups: number, shape: Value): Value {
  const column = c.emit('Reshape', [value, c.intsConstant([groups, 1], 'shape')]);
  return flattened(c, c.emit('Expand', [column, shape]));
}
