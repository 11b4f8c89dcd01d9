import { type Dim, dimName, type Editor, type Model, RefoldError, tensorType, type Value } from '@refold/ir';

/**
 * Pins graph inputs to sizes. The name of the only input may be empty. Throws when a name, the rank, or a size
 * that the model fixes does not fit.
 */
export function pinInputs(
  editor: Editor,
  model: Model,
  shapes: ReadonlyMap<string, readonly number[]>,
): void {
  const inputs = model.graph.inputs;
  const byName = new Map(inputs.map((v) => [v.name, v]));
  const sizes = new Map<string, number>();
  for (const [name, dims] of shapes) {
    const value = name === '' && inputs.length === 1 ? inputs[0] : byName.get(name);
    if (!value) throw unknownInput(name, inputs);
    pinInput(editor, value, dims, sizes);
  }
  pinSymbols(editor, model, sizes);
}

function unknownInput(name: string, inputs: readonly Value[]): RefoldError {
  const names = inputs.slice(0, 5).map((v) => `'${v.name}'`);
  const hint = `its inputs are ${names.join(', ')}${inputs.length > names.length ? ', ...' : ''}`;
  const message = name === '' ? 'say which input has this shape' : `the model has no input '${name}'`;
  return new RefoldError('usage/unknown-name', message, {}, hint);
}

/** Notes in `sizes` what the symbols of the input's shape have become. */
function pinInput(editor: Editor, value: Value, dims: readonly number[], sizes: Map<string, number>): void {
  const { name, type } = value;
  if (type?.kind !== 'tensor') throw misfit(`input '${name}' is not a tensor, so it has no shape`);
  const { shape } = type;
  if (shape && shape.length !== dims.length) {
    throw misfit(`input '${name}' has ${shape.length} dimensions, not ${dims.length}`);
  }
  dims.forEach((size, axis) => {
    const dim: Dim | undefined = shape?.[axis];
    if (dim === undefined) return;
    if (typeof dim === 'number' && dim !== size) {
      throw misfit(`dimension ${axis} of input '${name}' is ${dim}, not ${size}`);
    }
    const symbol = dimName(dim);
    if (symbol === undefined) return;
    const other = sizes.get(symbol);
    if (other !== undefined && other !== size) {
      throw misfit(`the size '${symbol}' cannot be both ${other} and ${size}`);
    }
    sizes.set(symbol, size);
  });
  editor.setType(value, tensorType(type.dtype, dims));
}

function misfit(message: string): RefoldError {
  return new RefoldError('usage/option', message);
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
