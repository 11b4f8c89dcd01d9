import type { Node } from './node.ts';

/** A set of nodes of one model, as a byte for each number of a node: nothing is hashed. */
export class NodeSet {
  private flags = new Uint8Array(256);

  has(node: Node): boolean {
    return this.flags[node.id] === 1;
  }

  /** Whether the node was not in the set before. */
  add(node: Node): boolean {
    const { id } = node;
    if (id >= this.flags.length) this.grow(id);
    if (this.flags[id] === 1) return false;
    this.flags[id] = 1;
    return true;
  }

  delete(node: Node): void {
    if (node.id < this.flags.length) this.flags[node.id] = 0;
  }

  private grow(id: number): void {
    const flags = new Uint8Array(2 * (id + 1));
    flags.set(this.flags);
    this.flags = flags;
  }
}
