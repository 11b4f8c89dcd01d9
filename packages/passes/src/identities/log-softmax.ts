import { named, no, oneOf, op, type Rule, rule, value, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { passOf } from '../support/rule-pass.ts';
import { producerOf } from '../support/view.ts';

const logSoftmax: Rule = rule({
  name: 'identities/log-softmax',
  doc: 'Log(Softmax(x)) = LogSoftmax(x), without the underflow to log 0',
  match: oneOf('form', {
    softmax: op('Log', [named('softmax', op('Softmax', ['x'], { test: { singleUse: true } }))]),
    // Before opset 13, several axes may be normalized together, which is another function to patterns.
    flattening: op('Log', [value('weights', { singleUse: true })]),
  }),
  at: (node) => producerOf(node.inputs[0], 'Softmax', 'Identity') !== undefined,
  guard: (m) => (m.softmax || producerOf(m.weights, 'Softmax') ? yes : no('not-softmax', 'weights')),
  build: (m, b) => {
    const softmax = m.softmax ?? producerOf(m.weights, 'Softmax');
    return softmax && b.node('LogSoftmax', [softmax.inputs[0]], Object.fromEntries(softmax.attributes));
  },
  emits: [{ op: 'LogSoftmax', since: 1 }],
  exactness: 'reassociate',
  phase: 'normalize',
  exporters: ['losses written by hand'],
  traps: ['a Softmax that something else reads'],
  instances: [
    { choices: { form: 'softmax' }, dtype: 'float32', opset: 13 },
    {
      model: '(float[2,3,4] x) => (float[2,3,4] y) { s = Softmax <axis = 1> (x) y = Log (s) }',
      opset: 11,
    },
  ],
});

export const fuseLogSoftmax: Pass = passOf(logSoftmax, 'fuse Log of Softmax into LogSoftmax');
