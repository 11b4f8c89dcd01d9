import { InternalError } from '../errors.ts';
import { type Attribute, graphsOf } from '../graph/attribute.ts';
import { Node, normalDomain } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { GraphEditor } from './graph-editor.ts';
import { graphOf, insertNode, unlinkNode } from './node-list.ts';
import { detach, setOwner } from './placement.ts';
import type { NodeSpec, Place } from './specs.ts';
import { linkUse, operandUse, replaceOperand, resize } from './uses.ts';
import { attributesOf, lists, tableOf, writable } from './writable.ts';

/** Makes, moves and erases nodes, and changes their operands, attributes and outputs. */
export class NodeEditor extends GraphEditor {
  /** Makes a node and inserts it. Operands must be visible there; the caller answers for order. */
  createNode(spec: NodeSpec, place: Place): Node {
    const attributes = tableOf(spec.attributes);
    const node = new Node(
      this.model.nextNodeId++,
      spec.opType,
      normalDomain(spec.domain ?? ''),
      spec.overload ?? '',
      spec.name ?? '',
      attributes,
      spec.origin,
    );
    for (const a of attributes.values()) this.own(a, node);
    // Lists of the exact length: a list grown by `push` takes room for seventeen.
    const made = writable(node);
    made.inputs = spec.inputs.slice();
    made.operandUses = spec.inputs.map((value, index) =>
      value ? operandUse(node, index, value) : undefined,
    );
    made.outputs = spec.outputs.map((name, index) => {
      const label = name === '' ? this.freshName(node.opType) : name;
      if (label === undefined) return undefined;
      const value = this.newValue(
        label,
        undefined,
        node,
        index,
        spec.types?.[index],
        spec.outputOrigins?.[index],
      );
      if (spec.declared) writable(value).declared = spec.declared[index];
      return value;
    });
    this.place(node, place);
    for (const use of node.operandUses) if (use) linkUse(use);
    this.done({ kind: 'insert', node });
    return node;
  }

  /** Takes a node out of its graph. Nobody may read its outputs any more. Nested graphs go with it. */
  eraseNode(node: Node): void {
    const graph = node.graph;
    if (!graph) throw new InternalError(`node ${node.label} is erased already`);
    for (const output of node.outputs) {
      if (output && output.useCount > 0) {
        throw new InternalError(`${output.name} is still read; its node cannot be erased`, {
          node: node.label,
        });
      }
    }
    const next = node.next;
    detach(node);
    this.done({ kind: 'erase', node, graph, next });
  }

  /** Moves a node to another place, in its graph or in another one. The caller answers for order and scope. */
  moveNode(node: Node, place: Place): void {
    const graph = node.graph;
    if (!graph) throw new InternalError(`node ${node.label} is erased already`);
    if ('before' in place ? place.before === node : 'after' in place && place.after === node) return;
    const next = node.next;
    unlinkNode(node);
    this.done({ kind: 'erase', node, graph, next });
    this.place(node, place);
    this.done({ kind: 'insert', node });
  }

  /** Makes operand `index` another value (or none). */
  setOperand(node: Node, index: number, value: Value | undefined): void {
    const before = node.inputs[index];
    if (before === value) return;
    if (index >= node.inputs.length) this.setArity(node, index + 1);
    replaceOperand(node, index, value);
    this.done({ kind: 'operand', node, index, before, after: value });
  }

  /** Lengthens (with absent operands) or shortens the list of operands; dropped ones must be absent. */
  setArity(node: Node, count: number): void {
    const before = node.inputs.length;
    if (before === count) return;
    for (let i = count; i < before; i += 1) {
      if (node.inputs[i]) throw new InternalError(`operand ${i} of ${node.label} is still there`);
    }
    resize(node, count);
    this.done({ kind: 'arity', node, before, after: count });
  }

  setAttribute(node: Node, attribute: Attribute): void {
    const before = node.attributes.get(attribute.name);
    this.own(attribute, node);
    attributesOf(node).set(attribute.name, attribute);
    this.done({ kind: 'attribute', node, name: attribute.name, before, after: attribute });
  }

  removeAttribute(node: Node, name: string): void {
    const before = node.attributes.get(name);
    if (!before) return;
    attributesOf(node).delete(name);
    this.done({ kind: 'attribute', node, name, before, after: undefined });
  }

  /** Drops an output that nobody reads, as an optional output that is not wanted. */
  dropOutput(node: Node, index: number): void {
    const before = node.outputs[index];
    if (!before) return;
    if (before.useCount > 0) throw new InternalError(`${before.name} is still read`);
    lists(node).outputs[index] = undefined;
    writable(before).graph = undefined;
    this.done({ kind: 'result', node, index, before, after: undefined });
  }

  private own(attribute: Attribute, node: Node): void {
    if (attribute.type !== 'graph' && attribute.type !== 'graphs') return;
    for (const graph of graphsOf(attribute)) setOwner(graph, { kind: 'node', node });
  }

  private place(node: Node, place: Place): void {
    if ('end' in place) insertNode(node, place.end, place.end.lastNode, undefined);
    else if ('before' in place) insertNode(node, graphOf(place.before), place.before.prev, place.before);
    else insertNode(node, graphOf(place.after), place.after, place.after.next);
  }
}
