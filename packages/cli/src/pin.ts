import { dimName, type Editor, type Model, RefoldError, tensorType } from '@refold/ir';

/** Pins graph inputs to sizes. Throws when a name, the rank, or a size that the model fixes does not fit. */
export function pinInputs(editor: Editor, model: Model, shapes: ReadonlyMap<string, readonly number[]>): void {
  const sizes = new Map<string, number>();
  for (const [name, dims] of shapes) {
    const value =
      name === '' && model.graph.inputs.length === 1 ? model.graph.inputs[0] : model.graph.inputs.find((v) => v.name === name);
    if (!value) {
      const names = model.graph.inputs.map((v) => v.name).join(', ');
      throw new RefoldError('usage/unknown-name', `the model has no input ${name}`, {}, `its inputs are ${names}`);
    }
    const type = value.type;
    if (type?.kind !== 'tensor') throw new RefoldError('usage/option', `input ${value.name} is no tensor and has no shape`);
    const shape = type.shape;
    if (shape && shape.length !== dims.length) {
      throw new RefoldError('usage/option', `input ${value.name} has ${shape.length} dimensions, not ${dims.length}`);
    }
    shape?.forEach((d, i) => {
      if (typeof d === 'number' && d !== dims[i]) {
        throw new RefoldError('usage/option', `dimension ${i} of input ${value.name} is ${d}, not ${dims[i]}`);
      }
      const symbol = dimName(d);
      const size = dims[i];
      if (symbol !== undefined && size !== undefined) sizes.set(symbol, size);
    });
    editor.setType(value, tensorType(type.dtype, dims));
  }
  pinSymbols(editor, model, sizes);
}

/** A symbol is one size throughout a model, so the other inputs that mention it are pinned with it. */
function pinSymbols(editor: Editor, model: Model, sizes: ReadonlyMap<string, number>): void {
  for (const value of model.graph.inputs) {
    const type = value.type;
    if (type?.kind !== 'tensor' || !type.shape) continue;
    const shape = type.shape.map((d) => sizes.get(dimName(d) ?? '') ?? d);
    if (shape.some((d, i) => d !== type.shape?.[i])) editor.setType(value, tensorType(type.dtype, shape));
  }
}
