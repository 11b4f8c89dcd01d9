import type { Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';

/** Axes as a pattern has captured them: constant and at least one; undefined otherwise. */
export function axesOf(captured: unknown): readonly number[] | undefined {
  if (!Array.isArray(captured) || captured.length === 0) return undefined;
  return captured.every((axis) => typeof axis === 'number') ? captured : undefined;
}

/** A reduction in the form of the opset: axes are an operand from 18 on, and for ReduceSum from 13 on. */
export function reduce(
  op: string,
  x: Value,
  axes: readonly number[],
  keepdims: boolean,
  b: Builder,
  q: Query,
): Value {
  const keep = { keepdims: keepdims ? 1 : 0 };
  if (q.opset >= (op === 'ReduceSum' ? 13 : 18)) return b.node(op, [x, b.ints(axes, 'axes')], keep);
  return b.node(op, [x], { axes, ...keep });
}

/** The axis of a Softmax that stands for reductions over `axes`; undefined where the opset has no such Softmax. */
export function softmaxAxis(x: Value, captured: unknown, q: Query): number | undefined {
  const [axis, ...others] = axesOf(captured) ?? [];
  if (axis === undefined || others.length > 0) return undefined;
  // Before opset 13 Softmax takes all axes from its own on together.
  const isLast = axis === -1 || axis + 1 === q.rank(x);
  return isLast ? -1 : q.opset >= 13 ? axis : undefined;
}
