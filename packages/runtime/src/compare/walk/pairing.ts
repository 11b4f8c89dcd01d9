import { constantTensor, type Graph, type Model, type Value } from '@refold/ir';

/** Names of values of one model and of what they became in the other, where that is not the same name. */
export type RenamedValues = ReadonlyMap<string, string>;

export interface Pairing {
  /** The value of the first model that a value of the second one stands for. */
  readonly wantOf: ReadonlyMap<Value, Value>;
  /** The same the other way round. */
  readonly gotOf: ReadonlyMap<Value, Value>;
}

/**
 * Pairs the values of two main graphs by name. `renamed` comes before equal names; values called `apart` in
 * the first model are not paired.
 */
export function pairValues(
  want: Model,
  got: Model,
  renamed: RenamedValues = new Map(),
  apart: ReadonlySet<string> = new Set(),
): Pairing {
  const others = valuesByName(got.graph);
  const wantOf = new Map<Value, Value>();
  const gotOf = new Map<Value, Value>();
  const pair = (a: Value, b: Value | undefined): void => {
    if (!b || wantOf.has(b) || gotOf.has(a) || apart.has(a.name)) return;
    // What nobody reads is not computed, and constants are compared where they are read.
    if (isUnread(a) || isUnread(b) || (constantTensor(a) && constantTensor(b))) return;
    wantOf.set(b, a);
    gotOf.set(a, b);
  };
  const values = [...valuesByName(want.graph).values()];
  for (const value of values) {
    const name = renamed.get(value.name);
    if (name !== undefined) pair(value, others.get(name));
  }
  for (const value of values) if (!renamed.has(value.name)) pair(value, others.get(value.name));
  return { wantOf, gotOf };
}

function isUnread(value: Value): boolean {
  return value.producer !== undefined && value.useCount === 0;
}

/** Inputs, initializers and results of a main graph. */
function valuesByName(graph: Graph): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const note = (value: Value | undefined): void => {
    if (value && value.name !== '') values.set(value.name, value);
  };
  graph.inputs.forEach(note);
  for (const value of graph.initializers) note(value);
  for (const node of graph.nodes()) node.outputs.forEach(note);
  return values;
}
