import type { Adapter } from '../conversion.ts';

/** ReduceSum 13, the other reductions 18: `axes` became operand 1. No axes mean all of them in both forms. */
export const reductionAxes: Adapter = (c) => {
  const axes = c.ints('axes');
  c.removeAttribute('axes');
  if (axes && axes.length > 0) c.setOperand(1, c.intsConstant(axes));
};

/** Squeeze 13: `axes` became operand 1. None are all those of size 1, an empty list is not an axis. */
export const squeezeAxes: Adapter = (c) => {
  const axes = c.ints('axes');
  c.removeAttribute('axes');
  if (axes) c.setOperand(1, c.intsConstant(axes));
};

/** Unsqueeze 13: `axes` became operand 1. */
export const unsqueezeAxes: Adapter = (c) => {
  const axes = c.ints('axes');
  if (!axes) throw c.refuse('attribute axes is missing');
  c.removeAttribute('axes');
  c.setOperand(1, c.intsConstant(axes));
};

/** DFT 20: `axis` became operand 2, a scalar, and no axis another one than before. */
export const dftAxis: Adapter = (c) => {
  const axis = c.op.int('axis') ?? 1;
  c.removeAttribute('axis');
  c.setOperand(2, c.scalar('int64', axis, 'axis'));
};
