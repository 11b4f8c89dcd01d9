import type { Graph, Value } from '@refold/ir';
import { type NaryTree, naryTree } from './nary-tree.ts';

/** The most that are kept: patterns look near the root, and roots come in order. */
const MAX_KEPT = 1024;

/** Sums and products that have been read, for all rules that look for some at the same place. */
export class NaryTrees {
  private readonly sums = new Map<Value, NaryTree | undefined>();
  private readonly products = new Map<Value, NaryTree | undefined>();

  of(kind: 'sum' | 'product', root: Value, graph: Graph): NaryTree | undefined {
    const known = kind === 'sum' ? this.sums : this.products;
    let tree = known.get(root);
    if (!tree && !known.has(root)) {
      if (known.size >= MAX_KEPT) known.clear();
      tree = naryTree(kind, root, graph);
      known.set(root, tree);
    }
    return tree;
  }

  /** Forgets what was read: the graph has been changed. */
  forget(): void {
    this.sums.clear();
    this.products.clear();
  }
}
