import {
  constantTensor,
  type Editor,
  gemm,
  type Node,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
  viewAs,
} from '@refold/ir';
import { Line } from './line.ts';
import { standIn } from './stand-in.ts';

/**
 * Writes each Gemm among some nodes that adds what was computed as MatMul and Add: kernels on codes add constants alone,
 * with codes of 32 bits, so that such a node would compute with floats. Weights that several read are turned once.
 */
export function spellComputedAddends(editor: Editor, nodes: Iterable<Node>): void {
  const turned = new Map<Value, Value>();
  for (const node of nodes) {
    const view = node.is('Gemm') ? viewAs(node, gemm) : undefined;
    const [a, b, c] = node.inputs;
    const weights = b && constantTensor(b);
    const { graph } = node;
    if (!view || view.transA || view.alpha !== 1 || view.beta !== 1 || !graph) continue;
    if (!a || !weights || !c || constantTensor(c) || weights.dtype !== 'float32') continue;
    const factor = view.transB
      ? (turned.get(b) ?? editor.addConstant(graph, transposed(weights), b.name))
      : b;
    if (view.transB) turned.set(b, factor);
    const line = new Line(editor, node);
    standIn(editor, node, line.node('Add', [line.node('MatMul', [a, factor]), c]));
  }
  for (const before of turned.keys()) {
    if (before.isInitializer && before.useCount === 0) editor.removeInitializer(before);
  }
}

function transposed(tensor: Tensor): Tensor {
  const [rows = 0, columns = 0] = tensor.dims;
  const values = tensorFloats(tensor);
  const turned = values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)] as number);
  return tensorOf(tensor.dtype, [columns, rows], turned);
}
