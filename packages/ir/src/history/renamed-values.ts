import { type ModelDocument, nodesOf } from './document.ts';

/**
 * Values of the main graph that bear another name in a later document of the same history, by their earlier
 * names: while a model is edited, a value keeps its number.
 */
export function renamedValues(before: ModelDocument, after: ModelDocument): ReadonlyMap<string, string> {
  const renamed = new Map<string, string>();
  const later = new Set(valuesOf(after));
  for (const id of valuesOf(before)) {
    const [a, b] = [before.values[id], after.values[id]];
    if (a && b && later.has(id) && a.name !== b.name) renamed.set(a.name, b.name);
  }
  return renamed;
}

/** Numbers of the values that the main graph defines. */
function valuesOf(document: ModelDocument): readonly number[] {
  const graph = document.graphs[0];
  if (!graph) return [];
  const ids = [...graph.inputs, ...graph.initializers];
  for (const [, node] of nodesOf(document, 0)) for (const id of node.outputs) if (id !== null) ids.push(id);
  return ids;
}
