/** Disjoint sets of the numbers below `size`. The root of a set is its least number, in whatever order sets are united. */
export class DisjointSets {
  private readonly parent: Int32Array;

  constructor(size: number) {
    this.parent = Int32Array.from({ length: size }, (_, i) => i);
  }

  rootOf(i: number): number {
    const parent = this.parent;
    let at = i;
    for (let up = parent[at] as number; up !== at; up = parent[at] as number) {
      const next = parent[up] as number;
      parent[at] = next;
      at = next;
    }
    return at;
  }

  /** Unites two sets; false when they are one already. */
  unite(a: number, b: number): boolean {
    const [x, y] = [this.rootOf(a), this.rootOf(b)];
    if (x === y) return false;
    this.parent[Math.max(x, y)] = Math.min(x, y);
    return true;
  }
}
