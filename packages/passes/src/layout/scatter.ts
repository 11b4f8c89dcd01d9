import { sameShape } from '@refold/ir';
import { constant, no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewText } from '../support/view.ts';

const all: Rule = rule({
  name: 'layout/scatter',
  doc: 'ScatterND(x, [[0], [1], ...], u) = u, when every row is written once',
  match: op('ScatterND', ['x', constant('indices', { dims: ['_', 1] }), 'updates']),
  guard: (m, q) => {
    if ((viewText(m.$node, 'reduction') ?? 'none') !== 'none') return no('reduction');
    const shape = q.shape(m.x);
    const isWhole = m.indices.dims[0] === shape?.[0] && m.indices.ints().every((v, i) => v === i);
    if (!isWhole) return no('not-all-rows', 'indices');
    return sameShape(shape, q.shape(m.updates)) === 'yes' ? yes : no('shape', 'updates');
  },
  build: (m) => m.updates,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  traps: ['rows in another order, or some of them only', 'updates that are added to what is there'],
  instances: [
    {
      shapes: { x: [3, 'N'], updates: [3, 'N'], indices: [3, 1] },
      values: { indices: [0, 1, 2] },
      opset: 11,
    },
  ],
});

export const dropScatter: Pass = passOf(all, 'drop ScatterND that overwrites everything');
