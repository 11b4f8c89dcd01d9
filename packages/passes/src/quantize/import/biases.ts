import {
  constantTensor,
  type Editor,
  type Node,
  outputOf,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { roundHalfEven } from '../../support/round-half-even.ts';
import { producerOf, viewNumber } from '../../support/view.ts';

/**
 * Makes codes of 32 bits of the float biases of layers whose data and weights are codes already, on the product of
 * their scales; biases that do not fit stay. Answers how many were made.
 */
export function quantizeBiases(editor: Editor): number {
  let made = 0;
  for (const node of [...editor.model.graph.nodes()]) {
    const isLayer = node.is('Conv') || node.is('ConvTranspose') || isPlainGemm(node);
    if (isLayer && quantizeBias(editor, node)) made += 1;
  }
  return made;
}

/** Whether the bias of a `Gemm` is added as it is. */
function isPlainGemm(node: Node): boolean {
  return node.is('Gemm') && viewNumber(node, 'alpha') === 1 && viewNumber(node, 'beta') === 1;
}

function quantizeBias(editor: Editor, node: Node): boolean {
  const [data, weights] = [0, 1].map((i) => scalesBehind(node.inputs[i]));
  const bias = node.inputs[2];
  const tensor = bias && constantTensor(bias);
  if (!bias || tensor?.dtype !== 'float32' || data?.length !== 1 || !weights || !node.graph) return false;
  if (tensor.rank !== 1 || (weights.length > 1 && weights.length !== tensor.size)) return false;
  const scales = weights.map((w) => Math.fround(w * (data[0] ?? 0)));
  const codes = tensorFloats(tensor).map((x, i) =>
    roundHalfEven(Math.fround(x / (scales[scales.length > 1 ? i : 0] ?? 1))),
  );
  if (!scales.every((s) => s >= 2 ** -126) || !codes.every((q) => Math.abs(q) < 2 ** 31)) return false;
  const perChannel = scales.length > 1;
  const scaleTensor = tensorOf('float32', perChannel ? [scales.length] : [], scales);
  const inputs = [
    editor.addConstant(node.graph, tensorOf('int32', tensor.dims, codes), `${bias.name}_quantized`),
    editor.addConstant(node.graph, scaleTensor, `${bias.name}_scale`),
  ];
  const dequantize = editor.createNode(
    {
      opType: 'DequantizeLinear',
      inputs,
      outputs: [editor.freshName(`${bias.name}_dequantized`)],
      types: [bias.type],
      attributes: perChannel ? [{ name: 'axis', type: 'int', value: 0 }] : [],
    },
    { before: node },
  );
  editor.setOperand(node, 2, outputOf(dequantize));
  if (bias.useCount === 0 && bias.isInitializer) editor.removeInitializer(bias);
  return true;
}

/** The scales of a value that comes out of codes; undefined for any other. */
function scalesBehind(value: Value | undefined): Float64Array | undefined {
  const scale = producerOf(value, 'DequantizeLinear')?.inputs[1];
  const tensor = scale && constantTensor(scale);
  return tensor && tensorFloats(tensor);
}
