import { named, op, type Rule, rule, value } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';

const x = value('x', { dtype: 'float' });

const argMaxSoftmax: Rule = rule({
  name: 'red/argmax-softmax',
  doc: 'ArgMax(Softmax(x, axis), axis) = ArgMax(x, axis), but where the softmax rounds two elements to one',
  match: named(
    'arg',
    op('ArgMax', [op(['Softmax', 'LogSoftmax'], [x], { params: { axis: { capture: 'axis' } } })], {
      params: { axis: { capture: 'axis' } },
    }),
  ),
  build: (m, b) => b.node('ArgMax', [m.x], Object.fromEntries(m.arg.attributes)),
  emits: [{ op: 'ArgMax', since: 1 }],
  exactness: 'approximate',
  phase: 'fuse',
  exporters: ['classifiers that give a class and no probabilities'],
  traps: ['another axis', 'elements that differ by less than the softmax can tell are ties afterwards only'],
  instances: [{ shapes: { x: ['N', 5] }, values: { axis: 1 } }],
});

export const skipSoftmax: Pass = passOf(argMaxSoftmax, 'take the largest element without a softmax before');
