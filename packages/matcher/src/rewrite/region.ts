import type { Attribute, Node, Tensor, Value } from '@refold/ir';
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
  const attributes = [...node.attributes.values()].map(attributeText).sort();
  return `${node.op}:${node.overload}(${operands.join(',')}){${attributes.join(',')}}`;
}

function leafText(value: Value): string {
  const tensor = constantOf(value);
  return tensor ? tensorText(tensor, `#${value.id}`) : `#${value.id}`;
}

function tensorText(tensor: Tensor, identity: string): string {
  if (tensor.strings || tensor.byteLength > MAX_BYTES) return identity;
  return `${tensor.dtype}[${tensor.dims.join(',')}]${tensor.bytes().join(' ')}`;
}

function attributeText(attribute: Attribute): string {
  const { name, type, value } = attribute;
  if (type === 'tensor') return `${name}=${tensorText(value, `[${value.dims.join(',')}]`)}`;
  if (typeof value === 'object' && !Array.isArray(value)) return `${name}:${type}`;
  return `${name}=${type}:${String(value)}`;
}
