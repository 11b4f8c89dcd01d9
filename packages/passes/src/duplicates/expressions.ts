import {
  attributeKey,
  type Editor,
  type Graph,
  isDeterministic,
  type Node,
  NodeSet,
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
    const seen = new Seen();
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      if (node.graphs.length > 0 || node.is('Constant')) continue;
      if (hasOwnOperand(node)) {
        seen.leaveOut(node);
        continue;
      }
      if (!isDeterministic(node)) continue;
      const key = keyOf(node);
      const earlier = seen.find(node, key);
      const readers = earlier ? onlyReadersOf(earlier) : [];
      if (earlier && merge(editor, node, earlier)) {
        for (const reader of readers) seen.reconsider(reader);
        changes += 1;
      } else {
        seen.add(node, key);
      }
    }
    return changes;
  },
});

/** Whether nothing else reads one of the operands: then no other node computes the same. */
function hasOwnOperand(node: Node): boolean {
  for (const value of node.inputs) if (value?.useCount === 1) return true;
  return false;
}

/** Nodes that alone read some result of a node. */
function onlyReadersOf(node: Node): readonly Node[] {
  return node.outputs.map((value) => value?.onlyUse?.node).filter((reader) => reader !== undefined);
}

/** The expressions met so far, by graph and key. */
class Seen {
  private readonly expressions = new Map<Graph, Map<string, Node>>();
  /** Nodes that had an operand of their own when they were met. */
  private readonly leftOut = new NodeSet();

  /** What computes the same as `node`, in its graph or in one around it. */
  find(node: Node, key: string): Node | undefined {
    for (let at = node.graph; at; at = at.outer) {
      const found = this.expressions.get(at)?.get(key);
      if (found) return found;
    }
    return undefined;
  }

  /** Adds a node, unless one of its graph computes the same. */
  add(node: Node, key: string): void {
    const { graph } = node;
    if (!graph) return;
    let own = this.expressions.get(graph);
    if (!own) {
      own = new Map();
      this.expressions.set(graph, own);
    }
    if (!own.has(key)) own.set(key, node);
  }

  leaveOut(node: Node): void {
    this.leftOut.add(node);
  }

  /** Adds a node that was left out when others read now what it alone had read. */
  reconsider(node: Node): void {
    if (!this.leftOut.has(node) || hasOwnOperand(node)) return;
    this.leftOut.delete(node);
    if (isDeterministic(node)) this.add(node, keyOf(node));
  }
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
