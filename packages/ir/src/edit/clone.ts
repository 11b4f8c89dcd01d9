import { type Attribute, graphsOf } from '../graph/attribute.ts';
import { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { Editor } from './editor.ts';
import type { Place } from './specs.ts';

/** What stands for each value of the original in the copy; values that are not in it stand for themselves. */
export type ValueMap = Map<Value, Value | undefined>;

/** The attribute of a call that a reference in a function body stands for; undefined when the call has none. */
export type ResolveReference = (
  reference: Attribute & { readonly type: 'reference' },
) => Attribute | undefined;

/**
 * Copies the nodes of a graph to a place, operands replaced as `map` says. Values that the copied nodes
 * define are added to `map`, under fresh names; nodes that have a name get a fresh one as well. Initializers of `source` must be in the map already.
 * Linear in what is copied; recursion goes as deep as graphs are nested.
 */
export function cloneNodes(
  editor: Editor,
  source: Graph,
  place: Place,
  map: ValueMap,
  resolve?: ResolveReference,
): readonly Node[] {
  const copies: Node[] = [];
  for (const node of source.nodes()) {
    const copy = editor.createNode(
      {
        opType: node.opType,
        domain: node.domain,
        overload: node.overload,
        name: node.name === '' ? '' : editor.freshName(node.name),
        inputs: node.inputs.map((v) => (v && map.has(v) ? map.get(v) : v)),
        outputs: node.outputs.map((v) => v && editor.freshName(v.name)),
        declared: node.outputs.map((v) => v?.declared),
        attributes: [...node.attributes.values()].flatMap((a) => cloneAttribute(editor, a, map, resolve)),
        origin: node.origin,
        outputOrigins: node.outputs.map((v) => v?.origin),
      },
      place,
    );
    node.outputs.forEach((v, i) => {
      if (v) map.set(v, copy.outputs[i]);
    });
    copies.push(copy);
  }
  return copies;
}

/** Copies a nested graph; outer values that it reads are replaced as `map` says. */
export function cloneGraph(editor: Editor, source: Graph, map: ValueMap, resolve?: ResolveReference): Graph {
  const copy = editor.createGraph(source.name, source.origin);
  const inputs = editor.addInputs(
    copy,
    source.inputs.map((v) => ({
      name: editor.freshName(v.name),
      type: v.type,
      tensor: v.tensor,
      overridable: v.overridable,
      declared: v.declared,
      origin: v.origin,
    })),
  );
  for (const [i, v] of source.inputs.entries()) map.set(v, inputs[i]);
  for (const v of source.initializers) {
    const { tensor, sparse, type, declared, origin } = v;
    map.set(
      v,
      editor.addInitializer(copy, { name: editor.freshName(v.name), type, tensor, sparse, declared, origin }),
    );
  }
  cloneNodes(editor, source, { end: copy }, map, resolve);
  editor.setOutputs(
    copy,
    source.outputs.map((v) => map.get(v) ?? v),
  );
  return copy;
}

function cloneAttribute(
  editor: Editor,
  attribute: Attribute,
  map: ValueMap,
  resolve: ResolveReference | undefined,
): readonly Attribute[] {
  if (attribute.type === 'reference' && resolve) {
    const found = resolve(attribute);
    return found ? cloneAttribute(editor, { ...found, name: attribute.name }, map, undefined) : [];
  }
  const graphs = graphsOf(attribute);
  if (graphs.length === 0) return [attribute];
  const copies = graphs.map((g) => cloneGraph(editor, g, map, resolve));
  const first = copies[0];
  if (attribute.type === 'graph' && first instanceof Graph) return [{ ...attribute, value: first }];
  return attribute.type === 'graphs' ? [{ ...attribute, value: copies }] : [attribute];
}
