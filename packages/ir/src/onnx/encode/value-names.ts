import { NameTable } from '../../edit/names.ts';
import { ModelError } from '../../errors.ts';
import type { Graph } from '../../graph/graph.ts';
import type { Model } from '../../graph/model.ts';
import type { Value } from '../../graph/value.ts';

/** Graphs nested deeper than this are not written: no reader would take them. */
const MAX_DEPTH = 500;

/**
 * The names under which the values of a model are written. A value keeps its own name unless it has none or
 * another value that can be seen where it is defined has the same; inputs and outputs of a graph come first.
 */
export function valueNames(model: Model): (value: Value) => string {
  const names = new Names(model);
  names.graph(model.graph, 0);
  for (const fn of model.functions.values()) names.graph(fn.body, 0);
  if (names.renamed.size === 0) return (value) => value.name;
  return (value) => names.renamed.get(value) ?? value.name;
}

class Names {
  readonly renamed: Map<Value, string> = new Map();
  private readonly model: Model;
  /** Names that can be seen at the place in hand. */
  private readonly visible: Set<string> = new Set();
  private table: NameTable | undefined;

  constructor(model: Model) {
    this.model = model;
  }

  graph(graph: Graph, depth: number): void {
    if (depth > MAX_DEPTH) {
      throw new ModelError('model/limit', `graphs are nested deeper than ${MAX_DEPTH} levels`, {
        graph: graph.name,
      });
    }
    const named: string[] = [];
    /** Names that other values of the graph must leave to its outputs. */
    const kept = new Map<string, Value>();
    const define = (value: Value): void => {
      let name = value.name;
      if (name === '' || this.visible.has(name) || (kept.get(name) ?? value) !== value) {
        name = this.fresh(name);
        this.renamed.set(value, name);
      }
      this.visible.add(name);
      if (depth > 0) named.push(name);
    };
    graph.inputs.forEach(define);
    for (const value of graph.outputs) {
      if (value.graph === graph && !value.isInput && !kept.has(value.name)) kept.set(value.name, value);
    }
    for (const value of graph.initializers) define(value);
    for (let node = graph.firstNode; node; node = node.next) {
      for (const inner of node.graphs) this.graph(inner, depth + 1);
      for (const output of node.outputs) if (output) define(output);
    }
    if (depth === 0) this.visible.clear();
    else for (const name of named) this.visible.delete(name);
  }

  private fresh(hint: string): string {
    this.table ??= NameTable.of(this.model);
    return this.table.fresh(hint === '' ? 'value' : hint);
  }
}
