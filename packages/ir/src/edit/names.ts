import type { Model } from '../graph/model.ts';

/** The names of all values of a model, nested graphs and functions included, and a source of new ones. */
export class NameTable {
  private readonly taken = new Set<string>();
  private readonly counters = new Map<string, number>();

  static of(model: Model): NameTable {
    const table = new NameTable();
    for (const graph of model.graphs()) {
      for (const value of graph.inputs) table.add(value.name);
      for (const value of graph.initializers) table.add(value.name);
      for (const node of graph.nodes()) {
        for (const output of node.outputs) if (output) table.add(output.name);
      }
    }
    return table;
  }

  has(name: string): boolean {
    return this.taken.has(name);
  }

  add(name: string): void {
    this.taken.add(name);
  }

  /** `hint` itself if it is free, else `hint_1`, `hint_2`, ... The name is taken from then on. */
  fresh(hint: string): string {
    let name = hint;
    let count = this.counters.get(hint) ?? 0;
    while (name === '' || this.taken.has(name)) {
      count += 1;
      name = `${hint}_${count}`;
    }
    this.counters.set(hint, count);
    this.taken.add(name);
    return name;
  }
}
