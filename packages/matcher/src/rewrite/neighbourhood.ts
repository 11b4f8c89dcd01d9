import { type Node, NodeSet, type Value } from '@refold/ir';

/** Values with more users than this are not climbed. */
export const MAX_CLIMB = 8;

/** Nodes next to a change and above it, each once. */
export class Neighbourhood {
  private readonly met = new NodeSet();
  private nodes: Node[] = [];

  get size(): number {
    return this.nodes.length;
  }

  add(node: Node): void {
    if (this.met.add(node)) this.nodes.push(node);
  }

  addAll(nodes: readonly Node[]): void {
    for (const node of nodes) this.add(node);
  }

  addReaders(value: Value): void {
    for (const user of value.users()) this.add(user);
  }

  /** Adds what makes a value that is read less than before, and its readers, which may be fewer now. */
  addReleased(value: Value): void {
    if (value.producer) this.add(value.producer);
    if (value.useCount <= MAX_CLIMB) this.addReaders(value);
  }

  /** Adds the readers of the results of all nodes, then theirs, until there are more than `most` nodes. */
  climb(steps: number, most: number): void {
    let at = 0;
    for (let step = 0; step < steps && this.nodes.length < most; step += 1) {
      for (const end = this.nodes.length; at < end; at += 1) {
        for (const output of this.nodes[at]?.outputs ?? []) {
          if (output && output.useCount <= MAX_CLIMB) this.addReaders(output);
        }
      }
    }
  }

  [Symbol.iterator](): Iterator<Node> {
    return this.nodes[Symbol.iterator]();
  }

  /** Gives the nodes away, to begin anew. */
  take(): readonly Node[] {
    const { nodes } = this;
    for (const node of nodes) this.met.delete(node);
    this.nodes = [];
    return nodes;
  }
}
