import {
  type DType,
  type Editor,
  outputOf,
  replaceValue,
  type Tensor,
  tensorType,
  type Value,
} from '@refold/ir';

/** What `Constant` gives before opset 9. */
const firstTypes: ReadonlySet<DType> = new Set(['float16', 'float32', 'float64']);

/**
 * Makes every use of `value` read a constant that takes over its name. The node that computed it stays, for
 * the caller to erase. Where `value` is the output of a graph, the constant is a `Constant` node
 * there: a nested graph must produce its outputs itself, and an output without a node is refused by some
 * engines. Returns false, with nothing done, when a graph output listed twice stands in the way, or a type that
 * `Constant` does not have yet.
 */
export function materialize(editor: Editor, value: Value, tensor: Tensor): boolean {
  const node = value.producer;
  const graph = value.graph;
  if (!node || !graph) return false;
  const name = value.name;
  if (value.isGraphOutput) {
    if ((graph.opset() ?? 0) < 9 && !firstTypes.has(tensor.dtype)) return false;
    const constant = editor.createNode(
      {
        opType: 'Constant',
        inputs: [],
        outputs: [''],
        types: [tensorType(tensor.dtype, tensor.dims)],
        attributes: [{ name: 'value', type: 'tensor', value: tensor }],
      },
      { before: node },
    );
    if (replaceValue(editor, value, outputOf(constant))) return true;
    editor.eraseNode(constant);
    return false;
  }
  const constant = editor.addConstant(graph, tensor, name);
  editor.replaceAllUses(value, constant);
  editor.rename(value, editor.freshName(name));
  editor.rename(constant, name);
  return true;
}
