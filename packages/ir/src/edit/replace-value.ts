import type { Graph } from '../graph/graph.ts';
import type { Value } from '../graph/value.ts';
import type { Editor } from './editor.ts';

/**
 * Whether every use of `from` could read `to` without changing what a caller sees: names of graph outputs
 * stay, and a nested graph or function body still produces its outputs itself.
 */
export function canReplaceValue(from: Value, to: Value): boolean {
  let asOutput: Graph | undefined;
  for (const use of from.uses()) {
    if (!use.graph) continue;
    if (asOutput) return false; // one value as two outputs: two names to keep
    asOutput = use.graph;
  }
  if (!asOutput) return true;
  // The output keeps its name by giving it to `to`, which must be free to take it: made by a node of the
  // same graph, and not an output (of any graph) under its own name.
  return to.producer !== undefined && to.graph === asOutput && from.graph === asOutput && !to.isGraphOutput;
}

/**
 * Makes every use of `from` read `to`. Where `from` is a graph output, `to` takes over its name (and `from`
 * gets another one). Nothing happens, and the answer is false, when {@link canReplaceValue} says no.
 */
export function replaceValue(editor: Editor, from: Value, to: Value): boolean {
  if (from === to) return true;
  if (!canReplaceValue(from, to)) return false;
  const name = from.isGraphOutput ? from.name : undefined;
  editor.replaceAllUses(from, to);
  if (name !== undefined) {
    editor.rename(from, editor.freshName(name));
    editor.rename(to, name);
  }
  return true;
}
