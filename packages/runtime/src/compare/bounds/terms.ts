import { conv, convTranspose, einsum, einsumSizes, elementCount } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import type { EvaluatedNode } from './errors.ts';

/** How many rounded terms one element of a result is made of. */
export type Terms = (node: EvaluatedNode) => number;

function array(node: EvaluatedNode, index: number): NdArray | undefined {
  const value = node.inputs[index];
  return value?.kind === 'tensor' ? value : undefined;
}

export function constantTerms(count: number): Terms {
  return () => count;
}

/** Elements of the first operand for each element of the result, and one division. */
export const reducedTerms: Terms = (node) => {
  const output = node.outputs[0];
  const results = output?.kind === 'tensor' ? Math.max(1, output.size) : 1;
  return (array(node, 0)?.size ?? 0) / results + 1;
};

export const operandTerms: Terms = (node) => node.inputs.length + 1;

/** The last axis of the first operand. */
export const lastAxisTerms: Terms = (node) => array(node, 0)?.dims.at(-1) ?? 1;

/** The longest axis of the first operand: an upper bound for sums along whatever axis. */
export const longestAxisTerms: Terms = (node) => Math.max(1, ...(array(node, 0)?.dims ?? []));

/** Inner products, and what alpha, beta and the third operand add. */
export const gemmTerms: Terms = (node) => {
  const transposed = (node.op.int('transA') ?? 0) !== 0;
  return (array(node, 0)?.dims[transposed ? 0 : 1] ?? 1) + 3;
};

/** Elements of a filter, and the bias. */
export const convTerms: Terms = (node) => {
  const { group } = conv.view(node.op);
  const weights = array(node, 1)?.dims ?? [];
  return ((array(node, 0)?.dims[1] ?? 1) / group) * elementCount(weights.slice(2)) + 1;
};

export const convTransposeTerms: Terms = (node) => {
  const { group } = convTranspose.view(node.op);
  const weights = array(node, 1)?.dims ?? [];
  return ((weights[0] ?? 1) / group) * elementCount(weights.slice(2)) + 1;
};

/** Combinations of the letters that do not occur in the result, a product each. */
export const einsumTerms: Terms = (node) => {
  const view = einsum.view(node.op);
  let all = 1;
  for (const size of einsumSizes(node.op, view)?.sizes.values() ?? [])
    all *= typeof size === 'number' ? size : 1;
  const output = node.outputs[0];
  const results = output?.kind === 'tensor' ? Math.max(1, output.size) : 1;
  return Math.max(1, all / results) + node.inputs.length;
};

/** The window of a pool, and the division. */
export const windowTerms: Terms = (node) => elementCount(node.op.intsAttribute('kernel_shape') ?? []) + 1;

/** What a recurrent cell adds up: inputs and hidden state, and the biases. */
export const recurrentTerms: Terms = (node) => {
  const steps = array(node, 0)?.dims[0] ?? 1;
  const inputs = array(node, 1)?.dims[2] ?? 1;
  const hidden = array(node, 2)?.dims[2] ?? 1;
  return (inputs + hidden + 8) * steps;
};

/** Head size and number of keys: no more than the operands are long. */
export const attentionTerms: Terms = (node) => {
  const longest = node.inputs
    .slice(0, 3)
    .map((v) => (v?.kind === 'tensor' ? Math.max(1, ...v.dims.slice(1)) : 1));
  return longest.reduce((sum, n) => sum + n, 0);
};
