import { constantTensor, type Editor, type Node, outputOf, shapeOf, tensorInts, tensorOf } from '@refold/ir';
import { standIn } from './stand-in.ts';

/**
 * An ArrayFeatureExtractor of constant columns as a Gather, which moves codes. Of a vector, it makes a matrix of one
 * row, and stays. Answers whether it was one.
 */
export function gatherFeatures(editor: Editor, node: Node): boolean {
  const [x, columns] = node.inputs;
  const rank = shapeOf(x)?.length;
  const indices = columns && constantTensor(columns);
  const { graph } = node;
  if (node.op !== 'ai.onnx.ml.ArrayFeatureExtractor' || !x || !indices || !graph) return false;
  if (rank === undefined || rank < 2) return false;
  const { name, type } = outputOf(node);
  const list = editor.addConstant(
    graph,
    tensorOf('int64', [indices.size], tensorInts(indices)),
    columns.name,
  );
  const gather = editor.createNode(
    {
      opType: 'Gather',
      inputs: [x, list],
      outputs: [editor.freshName(name)],
      types: [type],
      attributes: [{ name: 'axis', type: 'int', value: rank - 1 }],
    },
    { before: node },
  );
  return standIn(editor, node, outputOf(gather));
}
