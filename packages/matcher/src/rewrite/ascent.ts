import type { Node } from '@refold/ir';
import { CODE_REACH, type Reach } from '../compile/reach.ts';

/** Values with more users than this are not climbed. */
export const MAX_CLIMB = 8;

/**
 * Visits nodes next to a change, and those above them at which a match may be rooted that the change makes possible;
 * about `most` of them, the nearest first. Code may look at anything close to a match; further up, the way leads only
 * from node to node as some pattern does.
 */
export function ascend(near: readonly Node[], reach: Reach, most: number, visit: (node: Node) => void): void {
  /** How much further up to go from each node that was met. */
  const left = new Map<Node, number>();
  for (const node of near) {
    left.set(node, reach.from(node));
    visit(node);
  }
  let level = near;
  for (let height = 1; level.length > 0 && left.size < most; height += 1) {
    const above: Node[] = [];
    for (const node of level) {
      const here = left.get(node) ?? 0;
      if (here <= 0) continue;
      for (const output of node.outputs) {
        if (!output || output.useCount > MAX_CLIMB) continue;
        for (const reader of output.users()) {
          const next = height <= CODE_REACH ? here - 1 : Math.min(here, reach.below(reader, output)) - 1;
          const before = left.get(reader) ?? -1;
          if (next <= before) continue;
          if (before < 0) visit(reader);
          left.set(reader, next);
          above.push(reader);
        }
      }
    }
    level = above;
  }
}
