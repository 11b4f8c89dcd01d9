import { type Node, NodeSet, type Value } from '@refold/ir';

/** Values with more users than this are not climbed. */
export const MAX_CLIMB = 8;

/** Nodes next to a change and above it, each once. */
export class Neighbourhood {
  private readonly met = new NodeSet();
  private nodes: Node[] = [];

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

  /** Adds what reads the results of the nodes from a place in the list on. */
  climb(from: number): void {
    for (let at = from, end = this.nodes.length; at < end; at += 1) {
      for (const output of this.nodes[at]?.outputs ?? []) {
        if (output && output.useCount <= MAX_CLIMB) this.addReaders(output);
      }
    }
  }

  /** The nodes in the order in which they were added. */
  get list(): readonly Node[] {
    return this.nodes;
  }

  /** Gives the nodes away, to begin anew. */
  take(): readonly Node[] {
    const { nodes } = this;
    for (const node of nodes) this.met.delete(node);
    this.nodes = [];
    return nodes;
  }
}
