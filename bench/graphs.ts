import {
  type Attribute,
  Editor,
  type Model,
  newModel,
  outputOf,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';

/** Makes a model of about `n` nodes, without a file. */
export type MakeGraph = (n: number) => Model;

/** Writes nodes into the main graph of a new model. */
class Draft {
  readonly model: Model = newModel(new Map([['', 17]]));
  private readonly editor = new Editor(this.model);
  made = 0;

  input(name: string, dims: readonly number[]): Value {
    return this.editor.addInput(this.model.graph, { name, type: tensorType('float32', dims) });
  }

  weight(dims: readonly number[]): Value {
    const size = dims.reduce((a, b) => a * b, 1);
    const values = Array.from({ length: size }, (_, i) => Math.sin(i + this.made) / 4);
    return this.constant('float32', dims, values);
  }

  constant(dtype: 'float32' | 'int64', dims: readonly number[], values: readonly number[]): Value {
    return this.editor.addConstant(this.model.graph, tensorOf(dtype, dims, [...values]));
  }

  node(opType: string, inputs: readonly Value[], attributes: readonly Attribute[] = []): Value {
    this.made += 1;
    const spec = { opType, inputs, outputs: [''], attributes };
    return outputOf(this.editor.createNode(spec, { end: this.model.graph }));
  }

  done(...outputs: readonly Value[]): Model {
    this.editor.setOutputs(this.model.graph, outputs);
    return this.model;
  }
}

const int = (name: string, value: number): Attribute => ({ name, type: 'int', value });
const ints = (name: string, value: readonly number[]): Attribute => ({ name, type: 'ints', value });

/** One node after another, with nothing to improve. */
const chain: MakeGraph = (n) => {
  const draft = new Draft();
  let value = draft.input('x', [2, 4]);
  while (draft.made < n) value = draft.node(draft.made % 2 === 0 ? 'Sin' : 'Softsign', [value]);
  return draft.done(value);
};

/** A chain in which every other node does nothing. */
const idle: MakeGraph = (n) => {
  const draft = new Draft();
  let value = draft.input('x', [2, 4]);
  while (draft.made < n) value = draft.node(draft.made % 2 === 0 ? 'Sin' : 'Identity', [value]);
  return draft.done(value);
};

/** One value with many readers, and one node with many operands. */
const fan: MakeGraph = (n) => {
  const draft = new Draft();
  const x = draft.input('x', [2, 4]);
  const parts: Value[] = [];
  while (draft.made < n - 1)
    parts.push(draft.node('Mul', [x, draft.constant('float32', [], [draft.made + 2])]));
  return draft.done(draft.node('Concat', parts, [int('axis', 0)]));
};

/** Layers of a transformer as exporters write them: normalization, attention and Gelu taken apart. */
export const transformer: MakeGraph = (n) => {
  const draft = new Draft();
  const [batch, steps, heads, width] = [2, 4, 2, 8];
  const scalar = (value: number): Value => draft.constant('float32', [], [value]);
  const split = draft.constant('int64', [4], [batch, steps, heads, width / heads]);
  const merge = draft.constant('int64', [3], [batch, steps, width]);
  const [two, epsilon, half, one] = [scalar(2), scalar(1e-5), scalar(0.5), scalar(1)];
  const [scale, root] = [scalar(Math.sqrt(width / heads)), scalar(Math.SQRT2)];
  const normalized = (x: Value): Value => {
    const mean = draft.node('ReduceMean', [x], [ints('axes', [-1])]);
    const centered = draft.node('Sub', [x, mean]);
    const variance = draft.node('ReduceMean', [draft.node('Pow', [centered, two])], [ints('axes', [-1])]);
    const deviation = draft.node('Sqrt', [draft.node('Add', [variance, epsilon])]);
    const unit = draft.node('Div', [centered, deviation]);
    return draft.node('Add', [draft.node('Mul', [unit, draft.weight([width])]), draft.weight([width])]);
  };
  const linear = (x: Value, from: number, to: number): Value =>
    draft.node('Add', [draft.node('MatMul', [x, draft.weight([from, to])]), draft.weight([to])]);
  const head = (x: Value, perm: readonly number[]): Value =>
    draft.node('Transpose', [draft.node('Reshape', [linear(x, width, width), split])], [ints('perm', perm)]);
  const attended = (x: Value): Value => {
    const scores = draft.node('MatMul', [head(x, [0, 2, 1, 3]), head(x, [0, 2, 3, 1])]);
    const weights = draft.node('Softmax', [draft.node('Div', [scores, scale])], [int('axis', -1)]);
    const mixed = draft.node('MatMul', [weights, head(x, [0, 2, 1, 3])]);
    const joined = draft.node('Transpose', [mixed], [ints('perm', [0, 2, 1, 3])]);
    return linear(draft.node('Reshape', [joined, merge]), width, width);
  };
  const gelu = (x: Value): Value => {
    const erf = draft.node('Erf', [draft.node('Div', [x, root])]);
    return draft.node('Mul', [draft.node('Mul', [x, draft.node('Add', [erf, one])]), half]);
  };
  let x = draft.input('x', [batch, steps, width]);
  while (draft.made < n) {
    x = draft.node('Add', [x, attended(normalized(x))]);
    x = draft.node('Add', [x, linear(gelu(linear(normalized(x), width, 2 * width)), 2 * width, width)]);
  }
  return draft.done(x);
};

const graphs: ReadonlyMap<string, MakeGraph> = new Map([
  ['chain', chain],
  ['idle', idle],
  ['fan', fan],
  ['transformer', transformer],
]);

/** The graphs that the command line names, or all. */
export function chosenGraphs(): readonly (readonly [string, MakeGraph])[] {
  const named = [...graphs].filter(([kind]) => process.argv.includes(kind));
  return named.length > 0 ? named : [...graphs];
}
