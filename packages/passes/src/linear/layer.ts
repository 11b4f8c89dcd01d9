import type { Node, Value } from '@refold/ir';
import { absent, type ConstRef, constant, named, oneOf, op, type Pat } from '@refold/matcher';

/** A layer whose weights are constants: what it reads, and its node. */
export interface Layer {
  readonly layer: Node;
  readonly x: Value;
  readonly w: ConstRef;
  readonly bias?: ConstRef | undefined;
}

/** A layer, and the node that gives its result another shape. */
export interface ReshapedLayer extends Layer {
  readonly moved: Node;
}

/** A constant bias, or none. */
const bias = oneOf('biased', { constant: constant('bias', { dtype: 'float' }), none: absent });

/** A convolution that is read once, of x with constant weights. */
export function convolution(ops: readonly string[]): Pat<Layer> {
  const w = constant('w', { dtype: 'float' });
  return named('layer', op(ops, ['x', w, bias], { test: { singleUse: true } }));
}

/** A product that is read once, of x with a constant matrix. */
export const matmul: Pat<Layer> = named(
  'layer',
  op('MatMul', ['x', constant('w', { dtype: 'float', dims: ['rows', 'columns'] })], {
    test: { singleUse: true },
  }),
);

/** The same with a constant bias, or none. */
export const gemm: Pat<Layer> = named(
  'layer',
  op('Gemm', ['x', constant('w', { dtype: 'float' }), bias], { test: { singleUse: true } }),
);
