import type { Model, Node, Value } from '@refold/ir';

/** About what a node takes in a file: operator, names where they are defined and read, attributes. */
export function nodeBytes(node: Node): number {
  let bytes = node.name.length + node.opType.length + node.domain.length + 8;
  for (const value of node.inputs) bytes += (value?.name.length ?? 0) + 2;
  for (const value of node.outputs) bytes += (value?.name.length ?? 0) + 2;
  for (const a of node.attributes.values()) {
    bytes += a.name.length + 8;
    if (a.type === 'tensor') bytes += a.value.byteLength;
    else if (Array.isArray(a.value)) bytes += 4 * a.value.length;
  }
  return bytes;
}

/** Bytes of the data of an initializer. */
export function initializerBytes(value: Value): number {
  if (value.sparse) return value.sparse.values.byteLength + value.sparse.indices.byteLength;
  return value.tensor ? value.tensor.byteLength + value.name.length + 16 : 0;
}

/** About what a model takes in a file. Only differences between two such numbers mean something. Linear. */
export function modelBytes(model: Model): number {
  let bytes = 0;
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) bytes += initializerBytes(value);
    for (const node of graph.nodes()) bytes += nodeBytes(node);
  }
  return bytes;
}
