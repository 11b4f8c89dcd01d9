import {
  type Attribute,
  type Editor,
  type Graph,
  inferNode,
  type Node,
  outputOf,
  shapeOf,
  type Tensor,
  tensorOf,
  type Value,
} from '@refold/ir';
import type { Candidate } from './candidates.ts';
import { type Coded, matrixOf } from './encode.ts';

/** Codes as operands of `DequantizeLinear`: codes, scales and, if there are any, zero points. */
export interface CodedConstants {
  readonly operands: readonly Value[];
  readonly bytes: number;
}

/** Constants that a `DequantizeLinear` reads, in the graph where the weight is. */
export function qdqConstants(
  editor: Editor,
  graph: Graph,
  { weight, type, dims, transposed }: Candidate,
  { codes, scales, scaleDims, zeroPoints }: Coded,
): CodedConstants {
  const tensors: (readonly [Tensor, string])[] = [
    [matrixOf(type, dims, codes, transposed), 'quantized'],
    [matrixOf('float32', scaleDims, scales, transposed), 'scale'],
  ];
  if (zeroPoints) tensors.push([matrixOf(type, scaleDims, zeroPoints, transposed), 'zero_point']);
  return {
    operands: tensors.map(([tensor, part]) => editor.addConstant(graph, tensor, `${weight.name}_${part}`)),
    bytes: tensors.reduce((sum, [tensor]) => sum + tensor.byteLength, 0),
  };
}

/** The weight as `DequantizeLinear` gives it, at the start of the graph where it is. */
export function dequantized(
  editor: Editor,
  graph: Graph,
  { weight, tensor, axis, transposed, dims }: Candidate,
  { operands }: CodedConstants,
  block: number,
): Value {
  const inner = dequantize(editor, graph, operands, transposed ? 1 - axis : axis, block, weight.name);
  if (transposed || tensor.dims.length === dims.length) return inner;
  const shape = tensorOf('int64', [tensor.rank], [...tensor.dims]);
  const inputs = [inner, editor.addConstant(graph, shape, `${weight.name}_shape`)];
  const outputs = [editor.freshName(`${weight.name}_reshaped`)];
  return made(editor, editor.createNode({ opType: 'Reshape', inputs, outputs }, behind(inner)));
}

/** Makes `node` read the weight. */
export function readDequantized(editor: Editor, { node, input, transposed }: Candidate, weight: Value): void {
  editor.setOperand(node, input, weight);
  if (transposed) editor.removeAttribute(node, 'transB');
}

/** A lookup of codes and of their scales: the table is never there as floats. */
export function lookUpDequantized(
  editor: Editor,
  { node, weight }: Candidate,
  { operands }: CodedConstants,
  block: number,
): Value | undefined {
  const { graph } = node;
  const indices = node.inputs[1];
  const rank = shapeOf(indices)?.length;
  if (!graph || !indices || rank === undefined) return undefined;
  const attributes = [...node.attributes.values()];
  const rows = operands.map((table) => {
    const outputs = [editor.freshName(`${table.name}_rows`)];
    const spec = { opType: 'Gather', inputs: [table, indices], outputs, attributes };
    return made(editor, editor.createNode(spec, { before: node }));
  });
  return dequantize(editor, graph, rows, rank, block, weight.name, node);
}

function dequantize(
  editor: Editor,
  graph: Graph,
  inputs: readonly Value[],
  axis: number,
  block: number,
  name: string,
  before: Node | undefined = graph.firstNode,
): Value {
  const attributes: Attribute[] = [
    { name: 'axis', type: 'int', value: axis },
    { name: 'block_size', type: 'int', value: block },
  ];
  const outputs = [editor.freshName(`${name}_dequantized`)];
  const spec = { opType: 'DequantizeLinear', inputs, outputs, attributes };
  return made(editor, editor.createNode(spec, before ? { before } : { end: graph }));
}

function behind(value: Value): { readonly after: Node } {
  const { producer } = value;
  if (!producer) throw new RangeError(`'${value.name}' is the result of no node`);
  return { after: producer };
}

function made(editor: Editor, node: Node): Value {
  inferNode(editor, node);
  return outputOf(node);
}
