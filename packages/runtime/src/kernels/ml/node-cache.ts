import type { Attribute, Node } from '@refold/ir';
import type { KernelContext } from '../kernel.ts';

interface Entry<T> {
  readonly attributes: readonly Attribute[];
  readonly value: T;
}

/**
 * What is made of the attributes of a node once and used in every run, such as trees or tables. It is made
 * anew when an attribute has changed.
 */
export class NodeCache<T> {
  private readonly entries = new WeakMap<Node, Entry<T>>();

  get(ctx: KernelContext, make: () => T): T {
    const { node } = ctx.op;
    const attributes = [...node.attributes.values()];
    const entry = this.entries.get(node);
    if (entry && sameItems(entry.attributes, attributes)) return entry.value;
    const value = make();
    this.entries.set(node, { attributes, value });
    return value;
  }
}

function sameItems(a: readonly Attribute[], b: readonly Attribute[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}
