import type { FunctionDef, Graph } from '@refold/ir';

/** Whether a call of a function runs a function body, at once or through other functions. */
export function reaches(fn: FunctionDef, body: Graph): boolean {
  const seen = new Set<FunctionDef>([fn]);
  for (const called of seen) {
    const graphs: Graph[] = [called.body];
    for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
      if (graph === body) return true;
      for (const node of graph.nodes()) {
        const inner = graph.model.functionOf(node);
        if (inner) seen.add(inner);
        graphs.push(...node.graphs);
      }
    }
  }
  return false;
}
