import { constantTensor, type Node, type Tensor, type Value } from '@refold/ir';
import { evaluateNode } from '@refold/runtime';

/** Nodes that are evaluated for one constant, at most. */
const MOST_NODES = 32;

/** Bytes that one of their results may take. */
const MOST_BYTES = 64 << 20;

/**
 * The tensor that a value is if constants are folded: for parameters that a graph computes, such as the reciprocal of
 * a scale, where folding everything would fold too much. Undefined where it is no constant, takes more than 32 nodes
 * to compute, or may differ from engine to engine.
 */
export function computedConstant(value: Value): Tensor | undefined {
  const known = constantTensor(value);
  if (known) return known;
  const nodes = nodesBehind(value);
  if (!nodes) return undefined;
  const computed = new Map<Value, Tensor>();
  for (const node of nodes) {
    const operands = node.inputs.map((v) => v && (computed.get(v) ?? constantTensor(v)));
    const result = evaluateNode(node, operands, { memoryLimit: MOST_BYTES });
    if (result.kind === 'refused') return undefined;
    node.outputs.forEach((output, i) => {
      const tensor = result.outputs[i];
      if (output && tensor) computed.set(output, tensor);
    });
  }
  return computed.get(value);
}

/**
 * The nodes that make a value from constants alone, each behind those that it reads: none for a constant. Undefined
 * where it would not be one if constants were folded, or takes more than 32 nodes to compute.
 */
export function nodesBehind(value: Value): readonly Node[] | undefined {
  if (constantTensor(value)) return [];
  if (!value.producer) return undefined;
  const order = new Set<Node>();
  const stack: Node[] = [value.producer];
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    if (order.size + stack.length > MOST_NODES || node.graphs.length > 0) return undefined;
    const waiting: Node[] = [];
    for (const operand of node.inputs) {
      if (!operand || constantTensor(operand)) continue;
      if (!operand.producer) return undefined;
      if (!order.has(operand.producer)) waiting.push(operand.producer);
    }
    if (waiting.length > 0) stack.push(...waiting);
    else {
      stack.pop();
      order.add(node);
    }
  }
  return [...order];
}
