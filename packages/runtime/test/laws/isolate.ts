import { Editor, type Model, type Node, type Value } from '@refold/ir';
import { type NdValue, typeOfValue } from '@refold/runtime';

/** A model of one node, and what to feed it. */
export interface Isolated {
  readonly model: Model;
  readonly feeds: ReadonlyMap<string, NdValue>;
  readonly node: Node;
  /** Names of the values of other nodes that are fed now. */
  readonly operands: readonly string[];
}

/**
 * Takes all other nodes out of the main graph, in place. What they computed becomes inputs, with values that
 * `values` has by name.
 */
export function isolate(
  model: Model,
  index: number,
  feeds: ReadonlyMap<string, NdValue>,
  values: ReadonlyMap<string, NdValue>,
): Isolated {
  const editor = new Editor(model);
  const { graph } = model;
  const nodes = [...graph.nodes()];
  const node = nodes[index];
  if (!node) throw new Error(`there is no node ${index}`);
  editor.setOutputs(
    graph,
    node.outputs.filter((v) => v !== undefined),
  );
  const given = new Map(feeds);
  const operands: string[] = [];
  const others = nodes.filter((other) => other !== node && other.opType !== 'Constant');
  for (const value of others.flatMap((other) => other.outputs)) {
    const known = value && value.useCount > 0 ? values.get(value.name) : undefined;
    if (!value || !known) continue;
    operands.push(value.name);
    feed(editor, value, known, given);
  }
  for (const other of others.reverse()) editor.eraseNode(other);
  for (const other of nodes) {
    if (other.opType === 'Constant' && other !== node && other.outputs.every((v) => v?.useCount === 0))
      editor.eraseNode(other);
  }
  const read = graph.inputs.filter((v) => v.useCount > 0);
  for (const input of graph.inputs) if (input.useCount === 0) given.delete(input.name);
  editor.setInputs(graph, read);
  return { model, feeds: given, node, operands };
}

function feed(editor: Editor, value: Value, known: NdValue, given: Map<string, NdValue>): void {
  const type = value.type?.kind === 'sequence' ? value.type : typeOfValue(known);
  const input = editor.addInput(editor.model.graph, { name: editor.freshName('in'), type, declared: type });
  editor.replaceAllUses(value, input);
  given.set(input.name, known);
}
