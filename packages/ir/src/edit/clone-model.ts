import { Model } from '../graph/model.ts';
import { cloneGraph, cloneNodes, type ValueMap } from './clone.ts';
import { Editor } from './editor.ts';

/**
 * A model like another one, to change it and have both. Tensors are shared, as nobody writes to them; values of the
 * main graph keep their names. Types are not copied: infer them. Linear in nodes; recursion goes as deep as graphs are
 * nested.
 */
export function cloneModel(model: Model): Model {
  const { irVersion, opsets, graph, origin } = model;
  const copy = new Model(irVersion, new Map(opsets), graph.name, origin, graph.origin);
  const editor = new Editor(copy);
  const map: ValueMap = new Map();
  const inputs = editor.addInputs(
    copy.graph,
    graph.inputs.map(({ name, type, tensor, overridable, declared, origin: from }) => ({
      name: editor.freshName(name),
      type,
      tensor,
      overridable,
      declared,
      origin: from,
    })),
  );
  for (const [i, value] of graph.inputs.entries()) map.set(value, inputs[i]);
  for (const value of graph.initializers) {
    const { name, tensor, sparse, type, declared, origin: from } = value;
    const spec = { name: editor.freshName(name), type, tensor, sparse, declared, origin: from };
    map.set(value, editor.addInitializer(copy.graph, spec));
  }
  cloneNodes(editor, graph, { end: copy.graph }, map);
  editor.setOutputs(
    copy.graph,
    graph.outputs.map((value) => map.get(value) ?? value),
  );
  for (const fn of model.functions.values())
    editor.addFunction({ ...fn, body: cloneGraph(editor, fn.body, new Map()) });
  return copy;
}
