import { type Editor, type Graph, type Model, RefoldError, type Value } from '@refold/ir';

/** The values of the main graph by name. */
function valuesByName(graph: Graph): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const v of graph.inputs) values.set(v.name, v);
  for (const v of graph.initializers) values.set(v.name, v);
  for (const node of graph.nodes()) for (const v of node.outputs) if (v) values.set(v.name, v);
  return values;
}

/** The element types that OnnxSlim writes behind names. */
const suffixes: ReadonlyMap<string, string> = new Map([
  ['fp16', 'float16'],
  ['fp32', 'float32'],
  ['int32', 'int32'],
]);

/** The value called `text`; or, as OnnxSlim spells it, `name:fp32`, where the type must be the value's own. */
function find(values: ReadonlyMap<string, Value>, text: string): Value {
  const whole = values.get(text);
  if (whole) return whole;
  const colon = text.lastIndexOf(':');
  const dtype = suffixes.get(text.slice(colon + 1));
  const value = dtype === undefined ? undefined : values.get(text.slice(0, colon));
  if (!value)
    throw new RefoldError('usage/unknown-name', `the model has no value '${text}'  to start or end at`);
  const type = value.type ?? value.declared;
  if (type?.kind === 'tensor' && type.dtype === dtype) return value;
  throw new RefoldError(
    'usage/option',
    `'${value.name}' is not of type ${dtype}, and types are not converted`,
  );
}

/** Takes graph outputs away, by name. What only they needed is left for dead code elimination. */
export function dropOutputs(editor: Editor, graph: Graph, names: readonly string[]): void {
  const unwanted = new Set(names);
  const known = new Set(graph.outputs.map((v) => v.name));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new RefoldError('usage/unknown-name', `the model has no output '${unknown}' to remove`);
  }
  const rest = graph.outputs.filter((v) => !unwanted.has(v.name));
  if (rest.length === 0) throw new RefoldError('usage/option', 'a model must keep at least one output');
  editor.setOutputs(graph, rest);
}

/**
 * Cuts a subgraph out of the main graph: the named values become its outputs and inputs. Inputs and outputs
 * that are not named stay as long as something still needs them; nodes that nobody needs are left for dead
 * code elimination. Types must have been inferred.
 */
export function cutGraph(
  editor: Editor,
  model: Model,
  inputs: readonly string[] | undefined,
  outputs: readonly string[] | undefined,
): void {
  const graph = model.graph;
  const values = valuesByName(graph);
  if (outputs) {
    const ends = outputs.map((name) => find(values, name));
    editor.setOutputs(graph, ends);
  }
  if (!inputs) return;
  const kept = new Set(inputs.map((name) => beginAt(editor, graph, find(values, name))));
  dropDead(editor, graph);
  const needed = graph.inputs.filter((v) => kept.has(v) || v.useCount > 0);
  const missing = needed.find((v) => !kept.has(v) && !v.tensor);
  if (missing) {
    const hint = 'add it to --inputs, or start the submodel later';
    throw new RefoldError('usage/option', `the submodel still needs the input '${missing.name}'`, {}, hint);
  }
  editor.setInputs(graph, needed);
}

/** Makes a value a graph input, under its own name. */
function beginAt(editor: Editor, graph: Graph, value: Value): Value {
  if (value.isInput) return value;
  const { name, type = value.declared } = value;
  if (!type) throw new RefoldError('usage/option', `'${name}' cannot become an input: its type is not known`);
  const input = editor.addInput(graph, { name, type });
  editor.replaceAllUses(value, input);
  editor.rename(value, editor.freshName(name));
  return input;
}

/** Erases what the outputs do not need, last nodes first. */
function dropDead(editor: Editor, graph: Graph): void {
  for (let node = graph.lastNode; node; ) {
    const prev = node.prev;
    if (node.outputs.every((o) => !o || o.useCount === 0)) editor.eraseNode(node);
    node = prev;
  }
}
