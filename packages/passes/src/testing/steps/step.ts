import type { Value } from '@refold/ir';
import type { Growing } from '../growing.ts';

/** Adds a node or a few to a model; undefined when nothing there can be their operand. */
export type Step = (g: Growing) => Value | undefined;

/** Axes in the form of the opset: an attribute before `since`, an operand from then on. */
export function withAxes(
  g: Growing,
  op: string,
  x: Value,
  axes: readonly number[],
  since: number,
  attributes: Readonly<Record<string, number>> = {},
): Value {
  return g.opset < since
    ? g.node(op, [x], { axes, ...attributes })
    : g.node(op, [x, g.ints(...axes)], attributes);
}
