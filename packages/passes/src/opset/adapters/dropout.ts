import type { Node } from '@refold/ir';
import type { Adapter } from '../conversion.ts';

/**
 * Dropout 10: the mask became boolean, and true in inference. What it held before was left open: ONNX Runtime gives
 * zeros, the reference of ONNX ones.
 */
export const dropoutMask: Adapter = (c) => {
  if (readsMask(c.node)) throw c.refuse('before opset 10 its mask, which is read, may hold anything');
};

/** Whether anything reads the mask of a Dropout. */
export function readsMask({ outputs: [, mask] }: Node): boolean {
  return mask !== undefined && mask.useCount > 0;
}

/** Dropout 12: `ratio` became operand 1. What is no training without operand 2 was none before either. */
export const dropoutRatio: Adapter = (c) => {
  if (!c.op.hasAttribute('ratio')) return;
  const ratio = c.op.float('ratio') ?? 0.5;
  c.removeAttribute('ratio');
  c.setOperand(1, c.scalar('float32', ratio, 'ratio'));
};
