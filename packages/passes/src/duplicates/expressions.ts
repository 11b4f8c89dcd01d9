import {
  attributeKey,
  type Editor,
  type Graph,
  isDeterministic,
  type Node,
  replaceValue,
  schemaOf,
  type Value,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';

/**
 * Common subexpressions: a node that computes what an earlier one computed, in the same graph or in one
 * around it, gives way to that one. Only for operators that give the same results in every run; nodes with
 * nested graphs are left alone.
 */
export const mergeExpressions: Pass = graphPass({
  name: 'duplicates/expressions',
  summary: 'compute equal expressions only once',
  after: ['duplicates/sizes', 'duplicates/initializers'],
  run: ({ model, editor, tick }) => {
    const seen = new Map<Graph, Map<string, Node>>();
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const graph = node.graph;
      if (!graph || node.graphs.length > 0 || node.is('Constant') || !isDeterministic(node)) continue;
      const key = keyOf(node);
      const earlier = lookUp(seen, graph, key);
      if (earlier && merge(editor, node, earlier)) {
        changes += 1;
        continue;
      }
      const own = seen.get(graph) ?? new Map<string, Node>();
      seen.set(graph, own);
      if (!own.has(key)) own.set(key, node);
    }
    return changes;
  },
});

function lookUp(
  seen: ReadonlyMap<Graph, ReadonlyMap<string, Node>>,
  graph: Graph,
  key: string,
): Node | undefined {
  for (let at: Graph | undefined = graph; at; at = at.outer) {
    const node = seen.get(at)?.get(key);
    if (node) return node;
  }
  return undefined;
}

/** Text that is equal for nodes that compute the same of the same operands. */
function keyOf(node: Node): string {
  const operands = node.inputs.map((v) => v?.id ?? '').join();
  const schema = schemaOf(node.domain, node.opType, node.graph?.opset(node.domain) ?? 0);
  const attributes: string[] = [];
  for (const attribute of node.attributes.values()) {
    const standard = schema?.attributes.get(attribute.name)?.default;
    const isDefault =
      (attribute.type === 'int' || attribute.type === 'string') && attribute.value === standard;
    if (!isDefault) attributes.push(attributeKey(attribute));
  }
  return [node.domain, node.opType, node.overload, node.outputs.length, operands, ...attributes.sort()].join(
    '\u0000',
  );
}

/** Lets everyone read the outputs of the earlier node. Names of graph outputs may stand in the way. */
function merge(editor: Editor, node: Node, earlier: Node): boolean {
  const pairs: (readonly [Value, Value])[] = [];
  for (const [i, from] of node.outputs.entries()) {
    const to = earlier.outputs[i];
    if (!from || from.useCount === 0) continue;
    if (!to || (from.isGraphOutput && (to.isGraphOutput || to.graph !== from.graph))) return false;
    pairs.push([from, to]);
  }
  if (pairs.length === 0) return false;
  editor.begin();
  for (const [from, to] of pairs) {
    if (replaceValue(editor, from, to)) continue;
    editor.rollback();
    return false;
  }
  editor.commit();
  return true;
}
