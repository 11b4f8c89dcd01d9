import { dimKey, type Model, type ValueType } from '@refold/ir';

/** Names, order, types and symbolic sizes of inputs and outputs, as text that can be compared. */
export function interfaceOf(model: Model): readonly string[] {
  return [
    ...model.graph.inputs.map(
      (v) => `input ${v.name}: ${shown(v.declared)}${v.overridable ? ', overridable' : ''}`,
    ),
    ...model.graph.outputs.map((v) => `output ${v.name}: ${shown(v.declared)}`),
  ];
}

/** What of an interface is missing in another one. An output of which nothing was stated may now say more. */
export function lostFrom(before: Model, after: Model): readonly string[] {
  const [was, is] = [interfaceOf(before), interfaceOf(after)];
  if (was.length !== is.length) return was.filter((line) => !is.includes(line));
  return was.filter(
    (line, i) => line !== is[i] && !(line.endsWith(': unknown') && is[i]?.startsWith(line.slice(0, -7))),
  );
}

function shown(type: ValueType | undefined): string {
  if (!type) return 'unknown';
  if (type.kind !== 'tensor') return type.kind;
  return type.shape ? `${type.dtype}[${type.shape.map((d) => dimKey(d)).join()}]` : type.dtype;
}

/** How often each operator is in a model, nested graphs and functions included. */
export function operatorCounts(model: Model): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const graph of model.graphs()) {
    for (const { opType } of graph.nodes()) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  }
  return counts;
}
