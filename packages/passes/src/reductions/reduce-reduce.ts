import { isFloat, type Node, type Value } from '@refold/ir';
import { named, no, op, type Query, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewFlag, viewInts } from '../support/view.ts';
import { reduce } from './reduce.ts';

interface Parts {
  readonly x: Value;
  readonly inner: Node;
  readonly outer: Node;
}

/** Axes of one reduction that does what two do; undefined where no single one does. */
function axesOfBoth({ x, inner, outer }: Parts, q: Query): readonly number[] | undefined {
  const rank = q.rank(x);
  const first = viewInts(inner, 'axes');
  const second = viewInts(outer, 'axes');
  const keeps = viewFlag(inner, 'keepdims');
  if (rank === undefined || !first?.length || !second?.length || keeps !== viewFlag(outer, 'keepdims'))
    return undefined;
  // Where the first drops its axes, the second counts those that are left.
  const left = Array.from({ length: rank }, (_, i) => i).filter((i) => keeps || !first.includes(i));
  const all = new Set([...first, ...second.map((axis) => left[axis] ?? -1)]);
  return all.has(-1) ? undefined : [...all].sort((a, b) => a - b);
}

/** Of integers, means are cut off at each step, and a norm that has wrapped may be negative. */
const inexact: ReadonlySet<string> = new Set(['ReduceMean', 'ReduceL1']);

function reduceReduce(variant: string, ops: readonly string[], exactness: 'exact' | 'reassociate'): Rule {
  return rule({
    name: `red/reduce-reduce${variant}`,
    doc: 'Reduce(Reduce(x, a), b) = Reduce(x, a and b)',
    match: named('outer', op(ops, [named('inner', op(ops, [value('x')]))])),
    guard: (m, q) => {
      if (m.inner.opType !== m.outer.opType) return no('operators-differ');
      const dtype = q.dtype(m.x);
      if (inexact.has(m.inner.opType) && (!dtype || !isFloat(dtype))) return no('integers', 'x');
      return axesOfBoth(m, q) ? yes : no('axes', 'outer');
    },
    build: (m, b, q) => {
      const axes = axesOfBoth(m, q) ?? [];
      return reduce(m.outer.opType, m.x, axes, viewFlag(m.outer, 'keepdims') === true, b, q);
    },
    emits: ops.map((name) => ({ op: name, since: 1 })),
    exactness,
    phase: 'normalize',
    exporters: ['hand-written pooling: x.mean(-1).mean(-1)', 'tf2onnx'],
    traps: [
      'One reduction keeps its axes and the other does not.',
      'A maximum of means.',
      'Means of integers.',
    ],
    instances: ops.flatMap((one) =>
      [true, false].map((keepdims) => ({
        shapes: { x: ['N', 3, 4, 5] },
        values: { axes: [2], keepdims },
        choices: { inner: one, outer: one },
        ...(inexact.has(one) ? { dtype: 'float32' as const } : {}),
      })),
    ),
  });
}

export const mergeReductions: Pass = rulePass({
  name: 'red/reduce-reduce',
  summary: 'merge reductions that follow each other',
  rules: [
    reduceReduce('', ['ReduceSum', 'ReduceMean', 'ReduceProd', 'ReduceL1'], 'reassociate'),
    reduceReduce('.exact', ['ReduceMax', 'ReduceMin'], 'exact'),
  ],
});
