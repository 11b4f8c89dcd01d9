import { functionKey } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';

/** Which graphs are part of a model: its main graph, bodies of its functions, and what is nested in them. */
export class Attached {
  private readonly model: Model;
  private readonly known = new Map<Graph, boolean>();

  constructor(model: Model) {
    this.model = model;
  }

  has(graph: Graph | undefined): boolean {
    const path: Graph[] = [];
    let at = graph;
    while (at && !this.known.has(at) && isHeld(at)) {
      path.push(at);
      at = at.outer;
    }
    // The way out ends at a graph that was asked for before, at one that nothing holds, or behind a root.
    const last = path.at(-1);
    const answer = at ? (this.known.get(at) ?? false) : last !== undefined && this.isRoot(last);
    for (const inner of path) this.known.set(inner, answer);
    return answer;
  }

  private isRoot(graph: Graph): boolean {
    const { owner } = graph;
    if (owner?.kind === 'model') return this.model.graph === graph;
    if (owner?.kind !== 'function') return false;
    const { domain, name, overload } = owner.function;
    return this.model.functions.get(functionKey(domain, name, overload)) === owner.function;
  }
}

/** Whether a graph is a root, or still the value of an attribute of its node. */
function isHeld(graph: Graph): boolean {
  return graph.owner?.kind !== 'node' || graph.owner.node.graphs.includes(graph);
}
