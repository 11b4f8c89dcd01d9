import { type Node, NodeSet, type Value } from '@refold/ir';
import { MAX_CLIMB } from './ascent.ts';

/** Nodes next to a change, each once. */
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

  /** Gives the nodes away, in the order in which they were added, to begin anew. */
  take(): readonly Node[] {
    const { nodes } = this;
    for (const node of nodes) this.met.delete(node);
    this.nodes = [];
    return nodes;
  }
}
