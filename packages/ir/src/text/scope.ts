import type { Value } from '../graph/value.ts';

/**
 * The names that can be read at a place of a text: those of the graph in hand and of the graphs around it,
 * inner ones first. Entering and leaving a graph costs what it defines, looking up costs O(1).
 */
export class Scope {
  private readonly byName = new Map<string, { readonly value: Value; readonly level: number }[]>();
  private readonly levels: string[][] = [];

  enter(): void {
    this.levels.push([]);
  }

  leave(): void {
    for (const name of this.levels.pop() ?? []) this.byName.get(name)?.pop();
  }

  /** False when the graph in hand defines the name already. */
  define(value: Value): boolean {
    const level = this.levels.length;
    let found = this.byName.get(value.name);
    if (found?.at(-1)?.level === level) return false;
    if (!found) {
      found = [];
      this.byName.set(value.name, found);
    }
    found.push({ value, level });
    this.levels.at(-1)?.push(value.name);
    return true;
  }

  find(name: string): Value | undefined {
    return this.byName.get(name)?.at(-1)?.value;
  }
}
