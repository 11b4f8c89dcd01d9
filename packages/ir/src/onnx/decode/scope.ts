import type { Value } from '../../graph/value.ts';

/** The values that names stand for in one graph, and in the graphs around it. */
export class Scope {
  readonly outer: Scope | undefined;
  /** Number of graphs around this one. */
  readonly depth: number;
  private readonly values: Map<string, Value> = new Map();

  constructor(outer: Scope | undefined) {
    this.outer = outer;
    this.depth = outer ? outer.depth + 1 : 0;
  }

  /** The value that a name stands for here. */
  find(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.outer) {
      const value = scope.values.get(name);
      if (value) return value;
    }
    return undefined;
  }

  /** The value that this graph itself gives a name. */
  own(name: string): Value | undefined {
    return this.values.get(name);
  }

  /** Names a value; false when the graph has another of that name. */
  define(name: string, value: Value): boolean {
    if (this.values.has(name)) return false;
    this.values.set(name, value);
    return true;
  }
}
