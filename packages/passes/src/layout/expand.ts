import { broadcastShapes, sameShape } from '@refold/ir';
import { type Pass, rulePass } from '../manager/pass.ts';
import { shapeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf } from '../support/view.ts';

const broadcasting = [
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'And',
  'Or',
  'Xor',
  'Equal',
  'Less',
  'Greater',
  'LessOrEqual',
  'GreaterOrEqual',
  'Where',
  'Mod',
];

/** Operators that broadcast by themselves need no Expand, as long as the shape of the result stays. */
const before = nodeRule({
  name: 'layout/expand',
  doc: 'f(Expand(x), y) = f(x, y), when x and y broadcast to the same shape',
  ops: broadcasting,
  over: ['Expand'],
  exactness: 'exact',
  emits: broadcasting.map((op) => ({ op, since: 1 })),
  decreases: 'depth',
  rewrite: (node, b) => {
    const index = node.inputs.findIndex((v) => producerOf(v, 'Expand'));
    const x = producerOf(node.inputs[index], 'Expand')?.inputs[0];
    if (!x) return undefined;
    const inputs = node.inputs.map((v, i) => (i === index ? x : v));
    let shape = shapeOf(inputs[0]);
    for (const value of inputs.slice(1)) {
      const other = shapeOf(value);
      shape = shape && other && broadcastShapes(shape, other);
    }
    if (sameShape(shape, shapeOf(node.outputs[0])) !== 'yes') return b.fail('shape-changes');
    return b.node(node.opType, inputs, Object.fromEntries(node.attributes));
  },
});

export const dropExpand: Pass = rulePass({
  name: 'layout/expand',
  summary: 'drop Expand before operators that broadcast by themselves',
  rules: [before],
});
