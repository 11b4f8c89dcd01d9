import { tensorInts, tensorOf } from '@refold/ir';
import { type ConstRef, constant, no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

/** first[second], negative places counted from the end; undefined where one is out of range. */
function composed(first: ConstRef, second: ConstRef): readonly (number | bigint)[] | undefined {
  const taken = tensorInts(first.tensor);
  const merged: (number | bigint)[] = [];
  for (const j of tensorInts(second.tensor)) {
    const i = taken[Number(j) < 0 ? Number(j) + taken.length : Number(j)];
    if (i === undefined) return undefined;
    merged.push(i);
  }
  return merged;
}

const axis = { params: { axis: { capture: 'axis' } } } as const;

const chain: Rule = rule({
  name: 'layout/gather',
  doc: 'Gather(Gather(x, i), j) = Gather(x, i[j]) along one axis, for constant indices',
  match: op('Gather', [op('Gather', ['x', constant('i', { dims: ['n'] })], axis), constant('j')], axis),
  guard: (m) => {
    if (typeof m.axis !== 'number' || m.axis < 0) return no('axis-unknown');
    return composed(m.i, m.j) ? yes : no('index-out-of-range', 'j');
  },
  build: (m, b) => {
    const indices = composed(m.i, m.j);
    if (!indices || typeof m.axis !== 'number') return undefined;
    return b.node('Gather', [m.x, b.constant(tensorOf('int64', m.j.dims, indices), 'indices')], {
      axis: m.axis,
    });
  },
  emits: [{ op: 'Gather', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['negative indices count in the first result', 'indices of other ranks move axes'],
  instances: [
    { shapes: { x: [2, 3, 4], i: [3] }, values: { i: [2, 0, -2], j: [1, -1], axis: 1 } },
    { shapes: { x: [2, 3, 4], i: [3], j: [2, 2] }, values: { i: [2, 0, 1], j: [2, -1, 0, 1], axis: 1 } },
  ],
});

export const mergeGathers: Pass = passOf(chain, 'merge gathers that follow each other');
