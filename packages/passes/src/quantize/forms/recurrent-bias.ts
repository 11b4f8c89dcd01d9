import { constantTensor, type Editor, type Node, tensorFloats, tensorOf } from '@refold/ir';

/**
 * Adds the two biases of an LSTM or RNN, which are added to one sum anyway: kernels on codes have one, in the scale of what
 * the input gives. A GRU may need both. Answers whether there were two.
 */
export function addBiases(editor: Editor, node: Node): boolean {
  const value = node.is('LSTM') || node.is('RNN') ? node.inputs[3] : undefined;
  const tensor = value && constantTensor(value);
  const [directions = 0, length = 0] = tensor?.dims ?? [];
  if (!tensor || !node.graph || tensor.dtype !== 'float32' || tensor.rank !== 2 || length % 2 !== 0)
    return false;
  const half = length / 2;
  const biases = tensorFloats(tensor);
  const sums = new Float64Array(biases.length);
  let hasTwo = false;
  for (let d = 0; d < directions; d += 1) {
    for (let i = d * length; i < d * length + half; i += 1) {
      const [ofInput, ofState] = [biases[i] as number, biases[i + half] as number];
      sums[i] = ofInput + ofState;
      hasTwo ||= ofState !== 0;
    }
  }
  if (!hasTwo) return false;
  editor.setOperand(
    node,
    3,
    editor.addConstant(node.graph, tensorOf('float32', tensor.dims, sums), value.name),
  );
  if (value.isInitializer && value.useCount === 0) editor.removeInitializer(value);
  return true;
}
