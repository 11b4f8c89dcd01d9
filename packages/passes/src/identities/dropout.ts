import { no, op, type Rule, rule, yes } from '@refold/matcher';
import type { Pass } from '../manager/pass.ts';
import { REMOVAL } from '../support/benefit.ts';
import { passOf } from '../support/rule-pass.ts';
import { viewFlag, viewNumber } from '../support/view.ts';

/**
 * Dropout(x) = x in inference: when `training_mode` is known to be false, or the ratio to be 0. A node whose
 * mask is read stays.
 */
const dropout: Rule = rule({
  name: 'identities/dropout',
  doc: 'Dropout(x, training_mode = false) = x',
  match: op('Dropout', ['x'], { extraInputs: 'allow' }),
  guard: ({ $node }) => {
    if (($node.outputs[1]?.useCount ?? 0) > 0) return no('mask-is-read');
    const inference = viewFlag($node, 'training') === false || viewNumber($node, 'ratio') === 0;
    return inference ? yes : no('training-mode');
  },
  build: (m) => m.x,
  emits: [],
  exactness: 'exact',
  phase: 'normalize',
  benefit: REMOVAL,
  traps: ['a mask that something reads', 'a mode that the caller decides'],
});

export const removeDropout: Pass = passOf(dropout, 'remove Dropout that does nothing in inference');
