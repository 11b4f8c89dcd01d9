import { type Editor, tensorType, type Value } from '@refold/ir';

/** Opset to the version of the file format that was released with it; those between have the one before. */
const released: readonly (readonly [opset: number, irVersion: number])[] = [
  [7, 3],
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [28, 14],
];

/** The oldest version of the file format whose readers know an opset (ONNX's table of versions). */
export function irVersionOf(opset: number): number {
  let found = 3;
  for (const [since, irVersion] of released) if (since <= opset) found = irVersion;
  return found;
}

/** Raises the version of the file format to what an opset needs. */
export function raiseIrVersion(editor: Editor, opset: number): void {
  const { irVersion } = editor.model;
  const needed = irVersionOf(opset);
  if (irVersion >= needed) return;
  if (irVersion < 4 && needed >= 4) inputsToInitializers(editor);
  editor.setIrVersion(needed);
}

/**
 * Before IR 4 initializers had to be listed as inputs, and nobody could feed them; from then on such a list
 * means that a caller may. Weights must not become inputs by that.
 */
function inputsToInitializers(editor: Editor): void {
  for (const graph of [...editor.model.graphs()]) {
    const weights = graph.inputs.filter((v) => !v.overridable && (v.tensor ?? v.sparse) !== undefined);
    if (weights.length === 0) continue;
    const names = weights.map((input) => replaceByInitializer(editor, input));
    const gone = new Set(weights);
    editor.setInputs(
      graph,
      graph.inputs.filter((v) => !gone.has(v)),
    );
    for (const [value, name] of names) editor.rename(value, name);
  }
}

function replaceByInitializer(editor: Editor, input: Value): readonly [Value, string] {
  const { name, tensor, sparse, declared, type, graph } = input;
  const initializer = editor.addInitializer(graph ?? editor.model.graph, {
    name: editor.freshName(name),
    type: tensor ? tensorType(tensor.dtype, tensor.dims) : type,
    tensor,
    sparse,
    declared,
  });
  editor.replaceAllUses(input, initializer);
  editor.rename(input, editor.freshName(name));
  return [initializer, name];
}
