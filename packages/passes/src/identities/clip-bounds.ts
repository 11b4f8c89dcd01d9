import { type Node, viewOf } from '@refold/ir';

/** Bounds of a clip; an absent one does not bound. */
export interface Bounds {
  readonly lo: number | undefined;
  readonly hi: number | undefined;
}

/**
 * The constant bounds of a Clip, whether attributes or operands. Undefined when one is not constant, or is
 * NaN. The widest finite floats, which opset 6 takes as defaults, count as bounds: they do clip infinities.
 */
export function clipBounds(node: Node): Bounds | undefined {
  if (node.opType !== 'Clip') return undefined;
  const view = viewOf(node);
  if (!view) return undefined;
  const [lo, hi] = [view.min, view.max].map((v) => (typeof v === 'number' ? v : undefined));
  if ((view.hasMin && lo === undefined) || (view.hasMax && hi === undefined)) return undefined;
  if (Number.isNaN(lo) || Number.isNaN(hi)) return undefined;
  return { lo, hi };
}
