import type { Adapter } from '../conversion.ts';

/**
 * QuantizeLinear 19: data and scale must have one type, until version 23 parts them again. Integers were made
 * float32 before they were divided by the scale, which was always of that type.
 */
export const quantizeIntegers: Adapter = (c) => {
  const dtype = c.op.dtype(0);
  if (c.target >= 23 || dtype === 'float32') return;
  c.setOperand(0, c.cast(c.input(0), 'float32'));
};
