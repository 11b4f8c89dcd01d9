import { type Node, OpContext, schemaOf } from '@refold/ir';
import { type NdArray, type NdValue, nodeBounds, reals } from '@refold/runtime';
import { floatLimits } from '../../src/inputs/float-limits.ts';
import { ValueFacts } from '../../src/run/operand-facts.ts';

/** A float result of a node, to be compared with that of another engine. */
export interface Subject {
  readonly node: Node;
  readonly inputs: readonly (NdValue | undefined)[];
  /** Index of the output. */
  readonly output: number;
  readonly ours: NdArray;
}

/**
 * How far each element may lie from what another engine computes of the same operands, by the table of
 * `compare/bounds`; undefined where both must round alike.
 */
export function boundsFor(subject: Subject): Float64Array | undefined {
  const { node, inputs, output, ours } = subject;
  if (node.graphs.length > 0 || node.graph?.model.functionOf(node)) return nestedBounds(ours);
  const schema = schemaOf(node.domain, node.opType, node.graph?.opset(node.domain) ?? 1);
  const outputs = node.outputs.map((_, i) => (i === output ? ours : undefined));
  return nodeBounds({ op: new OpContext(node, schema, new ValueFacts(inputs)), inputs, outputs })[output];
}

/**
 * Nested graphs and functions are made of operators that agree exactly. In float16 ONNX Runtime computes in float32
 * and drops the casts between neighbours, so that values inside are not rounded.
 */
function nestedBounds(ours: NdArray): Float64Array | undefined {
  if (ours.dtype !== 'float16') return undefined;
  const { unit, tiny } = floatLimits('float16');
  return Float64Array.from(reals(ours), (y) => 64 * Math.max(2 * unit * Math.abs(y), tiny));
}
