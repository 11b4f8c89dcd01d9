import { viewOf } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { soleProducerOf } from '../support/view.ts';

const logSoftmax = nodeRule({
  name: 'identities/log-softmax',
  doc: 'Log(Softmax(x)) = LogSoftmax(x), without the underflow to log 0',
  ops: 'Log',
  over: ['Softmax'],
  exactness: 'reassociate',
  emits: [{ op: 'LogSoftmax', since: 1 }],
  rewrite: (node, b) => {
    const softmax = soleProducerOf(node.inputs[0], 'Softmax');
    if (!softmax || !viewOf(softmax)) return undefined;
    return b.node('LogSoftmax', [softmax.inputs[0]], Object.fromEntries(softmax.attributes));
  },
});

export const fuseLogSoftmax: Pass = rulePass({
  name: 'identities/log-softmax',
  summary: 'fuse Log of Softmax into LogSoftmax',
  rules: [logSoftmax],
});
