import { type Node, shapeOf, staticShape } from '@refold/ir';
import { viewFlag, viewInts, viewNumber } from '../../support/view.ts';

/** Functions that enlarge errors or leave the range, and operators that state the types of codes. */
const always: ReadonlySet<string> = new Set([
  ...['Exp', 'Pow', 'Log', 'Range', 'CumSum', 'CumProd', 'Softplus', 'ReduceProd', 'ReduceLogSum'],
  ...['ReduceLogSumExp', 'ReduceSumSquare', 'QuantizeLinear', 'DequantizeLinear', 'DynamicQuantizeLinear'],
]);

const sums: ReadonlySet<string> = new Set(['ReduceSum', 'ReduceMean', 'ReduceL1', 'ReduceL2']);

/** More terms than this are not summed with 16 bits. */
const MOST_TERMS = 1024;

/**
 * Whether a node is in the list of those that stay in float32: functions that enlarge errors, and sums of many terms.
 * Normalisations that are one operator sum in float32 anyway.
 */
export function losesMuch(node: Node): boolean {
  if (node.domain !== '') return false;
  if (always.has(node.opType)) return true;
  if (sums.has(node.opType)) return termsOf(node) > MOST_TERMS || sumsSquares(node);
  if (node.is('Softmax') || node.is('LogSoftmax')) return softmaxTerms(node) > MOST_TERMS;
  if (node.is('GlobalAveragePool') || node.is('InstanceNormalization'))
    return product(shapeOf(node.inputs[0])?.slice(2)) > MOST_TERMS;
  return node.is('MeanVarianceNormalization');
}

/** Squares overflow early, and the mean of squares is what normalizations divide by. */
function sumsSquares(node: Node): boolean {
  const term = node.inputs[0]?.producer;
  return term?.is('Pow') === true || (term?.is('Mul') === true && term.inputs[0] === term.inputs[1]);
}

function termsOf(node: Node): number {
  const shape = shapeOf(node.inputs[0]);
  if (viewFlag(node, 'all') === true) return product(shape);
  const axes = viewInts(node, 'axes');
  return axes ? product(shape && axes.map((a) => shape[a] ?? 1)) : Number.POSITIVE_INFINITY;
}

function softmaxTerms(node: Node): number {
  const axis = viewNumber(node, 'axis');
  const shape = shapeOf(node.inputs[0]);
  return axis === undefined ? Number.POSITIVE_INFINITY : product(shape?.slice(axis, axis + 1));
}

/** Sizes that are not known are taken for large. */
function product(shape: ReturnType<typeof shapeOf>): number {
  const sizes = staticShape(shape);
  return sizes ? sizes.reduce((a, d) => a * d, 1) : Number.POSITIVE_INFINITY;
}
