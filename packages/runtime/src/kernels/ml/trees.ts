import type { Reals } from '../../tensor/reals.ts';
import type { KernelContext } from '../kernel.ts';

/** What an inner node asks of its feature; a leaf asks nothing. */
export const LEQ = 0;
export const LT = 1;
export const GTE = 2;
export const GT = 3;
export const EQ = 4;
export const NEQ = 5;
export const MEMBER = 6;
export const LEAF = 7;

/** Trees as flat tables, one entry a node. */
export interface Trees {
  readonly roots: Int32Array;
  readonly modes: Uint8Array;
  readonly features: Int32Array;
  readonly values: Float64Array;
  readonly yes: Int32Array;
  readonly no: Int32Array;
  /** Whether a missing feature (NaN) counts as a yes. */
  readonly missing: Uint8Array;
  /** The values that a MEMBER node asks for. */
  readonly members: ReadonlyMap<number, ReadonlySet<number>>;
  /** Leaf `i` gives the weights from `starts[i]` to `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly targets: Int32Array;
  readonly weights: Float64Array;
}

/** The leaf that a row of X reaches from a root. */
export function leafOf(
  ctx: KernelContext,
  trees: Trees,
  root: number,
  data: Reals,
  row: number,
  columns: number,
): number {
  const { modes, features, yes, no } = trees;
  let node = root;
  for (let steps = 0; modes[node] !== LEAF; steps += 1) {
    const feature = features[node] as number;
    if (!(feature >= 0 && feature < columns))
      throw ctx.op.invalid(`a tree asks for feature ${feature} of ${columns}`);
    if (steps > modes.length) throw ctx.op.invalid('a tree leads back to one of its nodes');
    node = (holds(trees, node, data[row * columns + feature] as number) ? yes[node] : no[node]) as number;
  }
  return node;
}

function holds(trees: Trees, node: number, x: number): boolean {
  if (Number.isNaN(x) && trees.missing[node] === 1) return true;
  const value = trees.values[node] as number;
  switch (trees.modes[node]) {
    case LEQ:
      return x <= value;
    case LT:
      return x < value;
    case GTE:
      return x >= value;
    case GT:
      return x > value;
    case EQ:
      return x === value;
    case NEQ:
      return x !== value;
    default:
      return trees.members.get(node)?.has(x) ?? false;
  }
}
