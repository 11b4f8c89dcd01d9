import type { Adapter } from '../conversion.ts';

/**
 * Clip 11: bounds became operands. The old defaults, the largest numbers of float32, bound infinities and
 * doubles; without an operand there is no bound. So both are always written.
 */
export const clipBounds: Adapter = (c) => {
  const bounds = ['min', 'max'].map((name) => [name, c.op.float(name)] as const);
  bounds.forEach(([name, bound], i) => {
    c.removeAttribute(name);
    if (bound !== undefined) c.setOperand(i + 1, c.scalarLike(bound, 0, name));
  });
};
