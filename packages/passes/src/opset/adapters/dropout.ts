import type { Value } from '@refold/ir';
import type { Adapter } from '../conversion.ts';

/** Dropout 10: the mask, which had the type of the data, became boolean. */
export const dropoutMask: Adapter = (c) => {
  const mask = c.node.outputs[1];
  if (!mask || mask.useCount === 0) return;
  const like = c.input(0);
  const dtype = c.op.dtype(0);
  if (dtype === undefined && c.target < 15) throw c.refuse('the element type of its input is not known');
  const asData = (kept: Value): Value =>
    dtype === undefined ? c.emit('CastLike', [kept, like], [], 15) : c.cast(kept, dtype);
  c.replaceNode({
    inputs: c.node.inputs,
    attributes: c.node.attributes.values(),
    retyped: new Map([[1, asData]]),
  });
};

/** Dropout 12: `ratio` became operand 1. What is no training without operand 2 was none before either. */
export const dropoutRatio: Adapter = (c) => {
  if (!c.op.hasAttribute('ratio')) return;
  const ratio = c.op.float('ratio') ?? 0.5;
  c.removeAttribute('ratio');
  c.setOperand(1, c.scalar('float32', ratio, 'ratio'));
};
