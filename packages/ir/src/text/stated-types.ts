import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import { encodeType } from '../onnx/encode/encode-type.ts';
import { ValueOrigin } from '../onnx/origin.ts';

/** What a file says in `value_info` of the values that the nodes of a graph make. */
export function statedTypes(graph: Graph): readonly ValueOrigin[] {
  const entries: ValueOrigin[] = [];
  for (const node of graph.nodes()) {
    for (const value of node.outputs) if (value) entries.push(...entryOf(value, graph));
  }
  return entries;
}

/** The entry of a value of which a type was stated. */
export function entryOf(value: Value, graph: Graph): readonly ValueOrigin[] {
  const { name, declared } = value;
  if (!declared) return [];
  const entry = new ValueOrigin({ name, type: encodeType(declared) }, graph);
  entry.value = value;
  return [entry];
}
