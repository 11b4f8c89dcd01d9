import type { Graph, Value } from '@refold/ir';

/** What readers get in place of a value: the numbers that its codes stand for, where it goes through codes. */
export function readAs(value: Value): Value {
  for (const quantize of value.users()) {
    if (!quantize.is('QuantizeLinear') || quantize.inputs[0] !== value) continue;
    for (const dequantize of quantize.outputs[0]?.users() ?? []) {
      if (dequantize.is('DequantizeLinear') && dequantize.outputs[0]) return dequantize.outputs[0];
    }
  }
  return value;
}

/** Values that nodes of a graph compute, and its inputs, by name. */
export function valuesByName(graph: Graph): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const input of graph.inputs) found.set(input.name, input);
  for (const node of graph.nodes()) for (const value of node.outputs) if (value) found.set(value.name, value);
  return found;
}
