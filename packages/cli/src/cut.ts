import { type Editor, type Graph, type Model, RefoldError, type Value } from '@refold/ir';

/** The values of the main graph by name. */
function valuesByName(graph: Graph): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const v of graph.inputs) values.set(v.name, v);
  for (const v of graph.initializers) values.set(v.name, v);
  for (const node of graph.nodes()) for (const v of node.outputs) if (v) values.set(v.name, v);
  return values;
}

function find(values: ReadonlyMap<string, Value>, name: string, what: string): Value {
  const value = values.get(name);
  if (!value) throw new RefoldError('usage/unknown-name', `the model has no value ${name} to cut ${what} at`);
  return value;
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
  if (outputs) editor.setOutputs(graph, outputs.map((name) => find(values, name, 'the outputs')));
  if (!inputs) return;
  const kept: Value[] = [];
  for (const name of inputs) {
    const value = find(values, name, 'the inputs');
    if (value.isInput) {
      kept.push(value);
      continue;
    }
    const input = editor.addInput(graph, { name, type: value.type ?? value.declared });
    editor.replaceAllUses(value, input);
    editor.rename(value, editor.freshName(name));
    kept.push(input);
  }
  dropDead(editor, graph);
  const needed = graph.inputs.filter((v) => kept.includes(v) || v.useCount > 0);
  const missing = needed.filter((v) => !kept.includes(v) && !v.tensor);
  const first = missing[0];
  if (first) {
    throw new RefoldError(
      'usage/option',
      `the cut still needs the input ${first.name}`,
      {},
      'name it among --inputs too, or cut later',
    );
  }
  editor.setInputs(graph, needed);
}

/** Erases what the outputs do not need, last nodes first. */
function dropDead(editor: Editor, graph: Graph): void {
  for (let node = graph.lastNode; node; ) {
    const prev = node.prev;
    if (node.outputs.every((o) => !o || o.useCount === 0)) editor.eraseNode(node);
    node = prev;
  }
}
