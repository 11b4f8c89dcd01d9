import type { Value } from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewInts } from '../support/view.ts';

/** Axes of a node in the form of its opset: an attribute up to 12, an operand from 13 on. */
export function withAxes(
  op: string,
  x: Value | undefined,
  axes: readonly number[],
  b: Builder,
  q: Query,
): Value {
  return q.opset < 13 ? b.node(op, [x], { axes }) : b.node(op, [x, b.ints(axes, 'axes')]);
}

/** Unsqueeze after Unsqueeze inserts the axes of both; the first ones move up past those of the second. */
const unsqueeze = nodeRule({
  name: 'layout/unsqueeze-chain',
  doc: 'Unsqueeze(Unsqueeze(x, a), b) = Unsqueeze(x, a moved past b, with b)',
  ops: 'Unsqueeze',
  over: ['Unsqueeze'],
  exactness: 'exact',
  emits: [{ op: 'Unsqueeze', since: 1 }],
  rewrite: (node, b, q) => {
    const inner = producerOf(node.inputs[0], 'Unsqueeze');
    const first = inner && viewInts(inner, 'axes');
    const second = viewInts(node, 'axes');
    if (!inner || !first || !second || [...first, ...second].some((a) => a < 0)) return undefined;
    const axes = [...second].sort((p, q2) => p - q2);
    for (const a of [...first].sort((p, q2) => p - q2)) {
      let at = a;
      for (const s of [...second].sort((p, q2) => p - q2)) if (s <= at) at += 1;
      axes.push(at);
    }
    return withAxes(
      'Unsqueeze',
      inner.inputs[0],
      axes.sort((p, q2) => p - q2),
      b,
      q,
    );
  },
});

/** Squeeze after Squeeze: axes of the second count without those of the first. */
const squeeze = nodeRule({
  name: 'layout/unsqueeze-chain.squeeze',
  doc: 'Squeeze(Squeeze(x, a), b) = Squeeze(x, a, with b counted before a)',
  ops: 'Squeeze',
  over: ['Squeeze'],
  exactness: 'exact',
  emits: [{ op: 'Squeeze', since: 1 }],
  rewrite: (node, b, q) => {
    const inner = producerOf(node.inputs[0], 'Squeeze');
    const first = inner && viewInts(inner, 'axes');
    const second = viewInts(node, 'axes');
    if (!inner || !first || !second || [...first, ...second].some((a) => a < 0)) return undefined;
    const gone = [...first].sort((p, q2) => p - q2);
    const axes = second.map((s) => gone.reduce((at, a) => (a <= at ? at + 1 : at), s));
    return withAxes(
      'Squeeze',
      inner.inputs[0],
      [...gone, ...axes].sort((p, q2) => p - q2),
      b,
      q,
    );
  },
});

/** Unsqueeze of what Squeeze took away at the same place, and the other way round. */
const cancel = nodeRule({
  name: 'layout/unsqueeze-chain.cancel',
  doc: 'Squeeze(Unsqueeze(x, a), a) = x',
  ops: 'Squeeze',
  over: ['Unsqueeze'],
  exactness: 'exact',
  rewrite: (node) => {
    const inner = producerOf(node.inputs[0], 'Unsqueeze');
    const first = inner && viewInts(inner, 'axes');
    const second = viewInts(node, 'axes');
    if (!first || !second || first.length !== second.length || [...first, ...second].some((a) => a < 0))
      return undefined;
    return second.every((a) => first.includes(a)) ? inner?.inputs[0] : undefined;
  },
});

export const mergeUnsqueezes: Pass = rulePass({
  name: 'layout/unsqueeze-chain',
  summary: 'merge and cancel Squeeze and Unsqueeze that follow each other',
  rules: [cancel, unsqueeze, squeeze],
});
