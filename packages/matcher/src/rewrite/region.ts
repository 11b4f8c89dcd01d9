import { attributeKey, type Node, tensorKey, type Value } from '@refold/ir';
import { constantOf } from '../canonical/constant-of.ts';

/** Constants of more bytes are told apart by identity. */
const MAX_BYTES = 64;

/**
 * Text that is equal for equal regions: the nodes in the order in which they were made, results inside the region by place, other operands
 * by identity or, for small constants, by content.
 */
export function regionText(nodes: readonly Node[]): string {
  const places = new Map<Value, string>();
  const ordered = nodes.toSorted((a, b) => a.id - b.id);
  ordered.forEach((node, i) => {
    node.outputs.forEach((output, k) => {
      if (output) places.set(output, `${i}.${k}`);
    });
  });
  return ordered.map((node) => nodeText(node, places)).join(';');
}

function nodeText(node: Node, places: ReadonlyMap<Value, string>): string {
  const operands = node.inputs.map((v) => (v ? (places.get(v) ?? leafText(v)) : ''));
  const attributes = [...node.attributes.values()].map((a) => attributeKey(a)).sort();
  return `${node.op}:${node.overload}(${operands.join(',')}){${attributes.join(',')}}`;
}

function leafText(value: Value): string {
  const tensor = constantOf(value);
  return tensor && tensor.byteLength <= MAX_BYTES ? tensorKey(tensor) : `#${value.id}`;
}
