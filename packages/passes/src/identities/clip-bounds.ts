import { type Node, viewOf } from '@refold/ir';
import { splatOf } from '../support/constants.ts';

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
  const sides = [1, 2].map((index) => {
    const operand = node.inputs[index];
    if (!operand) return { given: false, at: undefined };
    return { given: true, at: splatOf(operand) };
  });
  const view = viewOf(node);
  if (!view) return undefined;
  const [lo, hi] = sides.map((side, i) => {
    if (side.given) return side.at;
    const attribute = view[i === 0 ? 'min' : 'max'];
    return typeof attribute === 'number' ? attribute : undefined;
  });
  for (const [i, side] of sides.entries()) {
    const at = i === 0 ? lo : hi;
    if (side.given && at === undefined) return undefined;
    if (at !== undefined && Number.isNaN(at)) return undefined;
  }
  return { lo, hi };
}
