import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { viewFlag, viewNumber } from '../support/view.ts';

/**
 * Dropout(x) = x in inference: when `training_mode` is known to be false, or the ratio to be 0. A node whose
 * mask is read stays.
 */
const dropout = nodeRule({
  name: 'identities/dropout',
  doc: 'Dropout(x, training_mode = false) = x',
  ops: 'Dropout',
  exactness: 'exact',
  rewrite: (node, b) => {
    const mask = node.outputs[1];
    if (mask && mask.useCount > 0) return b.fail('mask-is-read');
    const inference = viewFlag(node, 'training') === false || viewNumber(node, 'ratio') === 0;
    return inference ? node.inputs[0] : b.fail('training-mode');
  },
});

export const removeDropout: Pass = rulePass({
  name: 'identities/dropout',
  summary: 'remove Dropout that does nothing in inference',
  rules: [dropout],
});
