import { dimKey, type Graph, isInteger, type Value } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';

/**
 * Values that hold the same sizes, however they were computed, become one: exporters compute a batch size
 * anew wherever they need it. Only sizes with symbols are left by now; numbers are constants.
 */
export const mergeSizes: Pass = graphPass({
  name: 'duplicates/sizes',
  summary: 'compute equal symbolic sizes only once',
  after: ['constants/shapes', 'constants/fold'],
  run: ({ model, editor, tick }) => {
    const first = new Map<Graph, Map<string, Value>>();
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const value = node.outputs[0];
      const graph = node.graph;
      const key = value && keyOf(value);
      if (!graph || !value || key === undefined) continue;
      const known = lookUp(first, graph, key);
      if (known === undefined) {
        const own = first.get(graph) ?? new Map<string, Value>();
        first.set(graph, own);
        own.set(key, value);
      } else if (value.useCount > 0 && !value.isGraphOutput) {
        editor.replaceAllUses(value, known);
        changes += 1;
      }
    }
    return changes;
  },
});

/** The earliest value of these sizes in the graph or in one around it: walking in order, it comes before. */
function lookUp(
  first: ReadonlyMap<Graph, ReadonlyMap<string, Value>>,
  graph: Graph,
  key: string,
): Value | undefined {
  for (let at: Graph | undefined = graph; at; at = at.outer) {
    const value = first.get(at)?.get(key);
    if (value) return value;
  }
  return undefined;
}

function keyOf(value: Value): string | undefined {
  const { type, contents } = value;
  if (!contents || type?.kind !== 'tensor' || !isInteger(type.dtype) || !type.shape) return undefined;
  if (contents.every((d) => typeof d === 'number')) return undefined;
  return `${type.dtype}/${type.shape.length}/${contents.map(dimKey).join()}`;
}
