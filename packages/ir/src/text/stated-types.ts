import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import { encodeType } from '../onnx/encode/encode-type.ts';
import type { ValueInfoProto } from '../onnx/generated/messages.ts';
import type { Entry } from '../onnx/origin.ts';

/** What a file says in `value_info` of the values that nodes make. */
export function statedTypes(graph: Graph): readonly Entry<ValueInfoProto>[] {
  const entries: Entry<ValueInfoProto>[] = [];
  for (const node of graph.nodes()) {
    for (const value of node.outputs) if (value) entries.push(...entryOf(value));
  }
  return entries;
}

/** The entry of a value of which a type was stated. */
export function entryOf(value: Value): readonly Entry<ValueInfoProto>[] {
  const { name, declared } = value;
  return declared ? [{ message: { name, type: encodeType(declared) }, value }] : [];
}
