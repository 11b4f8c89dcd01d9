import type { ParamValue, Value } from '@refold/ir';
import { type Builder, no, op, type Query, type Rule, rule, type Verdict, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { numbersIn } from '../support/view.ts';

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

/** Axes of two nodes that follow each other. */
interface Axes {
  readonly first: ParamValue;
  readonly second: ParamValue;
}

/** Both lists in ascending order; undefined where some axes count from the end of an unknown rank. */
function bothOf({ first, second }: Axes): readonly [readonly number[], readonly number[]] | undefined {
  const [a, b] = [numbersIn(first), numbersIn(second)].map((list) => list?.toSorted((p, q) => p - q));
  return a && b && [...a, ...b].every((axis) => axis >= 0) ? [a, b] : undefined;
}

const known = (m: Axes): Verdict => (bothOf(m) ? yes : no('axes-unknown'));

/** One node by another of the same kind, with the axes of both captured. */
const pair = (outer: string, inner: string) =>
  op(outer, [op(inner, ['x'], { params: { axes: { capture: 'first' } } })], {
    params: { axes: { capture: 'second' } },
  });

/** Unsqueeze after Unsqueeze inserts the axes of both; the first ones move up past those of the second. */
const unsqueeze: Rule = rule({
  name: 'layout/unsqueeze-chain',
  doc: 'Unsqueeze(Unsqueeze(x, a), b) = Unsqueeze(x, a moved past b, with b)',
  match: pair('Unsqueeze', 'Unsqueeze'),
  guard: known,
  build: (m, b, q) => {
    const [first, second] = bothOf(m) ?? [[], []];
    const moved = first.map((a) => second.reduce((at, s) => (s <= at ? at + 1 : at), a));
    return withAxes(
      'Unsqueeze',
      m.x,
      [...second, ...moved].toSorted((p, r) => p - r),
      b,
      q,
    );
  },
  emits: [{ op: 'Unsqueeze', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['axes count in the result, so those of the first move'],
});

/** Squeeze after Squeeze: axes of the second count without those of the first. */
const squeeze: Rule = rule({
  name: 'layout/unsqueeze-chain.squeeze',
  doc: 'Squeeze(Squeeze(x, a), b) = Squeeze(x, a, with b counted before a)',
  match: pair('Squeeze', 'Squeeze'),
  guard: known,
  build: (m, b, q) => {
    const [first, second] = bothOf(m) ?? [[], []];
    const counted = second.map((s) => first.reduce((at, a) => (a <= at ? at + 1 : at), s));
    return withAxes(
      'Squeeze',
      m.x,
      [...first, ...counted].toSorted((p, r) => p - r),
      b,
      q,
    );
  },
  emits: [{ op: 'Squeeze', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['axes count in the operand, so those of the second move'],
  instances: [
    { shapes: { x: ['N', 1, 1, 'M'] }, values: { first: [1], second: [1] } },
    { shapes: { x: [1, 'N', 1, 1] }, values: { first: [0, 2], second: [1] } },
  ],
});

/** Unsqueeze of what Squeeze took away at the same place, and the other way round. */
const cancel: Rule = rule({
  name: 'layout/unsqueeze-chain.cancel',
  doc: 'Squeeze(Unsqueeze(x, a), a) = x',
  match: pair('Squeeze', 'Unsqueeze'),
  guard: (m) => {
    const both = bothOf(m);
    if (!both) return no('axes-unknown');
    return both[0].join() === both[1].join() ? yes : no('other-axes', 'second');
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: 2.75,
  instances: [
    { shapes: { x: ['N', 'M'] }, values: { first: [1], second: [1] } },
    { shapes: { x: ['N', 'M'] }, values: { first: [0, 3], second: [3, 0] } },
  ],
});

export const mergeUnsqueezes: Pass = rulePass({
  name: 'layout/unsqueeze-chain',
  summary: 'merge and cancel Squeeze and Unsqueeze that follow each other',
  rules: [cancel, unsqueeze, squeeze],
});
