import type { Value } from '@refold/ir';
import {
  type Builder,
  constant,
  no,
  oneOf,
  op,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { attentionLike, attentionParts } from './parts.ts';
import { isSame } from './sizes.ts';

/** Whether a condition alone has all queries and keys of the mask that is made from it. */
function isWhole(condition: Value, mask: Value, q: Query): boolean {
  const [from, to] = [q.shape(condition), q.shape(mask)];
  if (!from || !to || from.length < 2) return false;
  return [-1, -2].every((axis) => isSame(from.at(axis), to.at(axis)));
}

const condition: Rule = rule({
  name: 'attn/bool-mask',
  doc: 'Attention(q, k, v, Where(c, 0, -inf)) = Attention(q, k, v, c)',
  match: op(
    'Attention',
    [
      value('q'),
      value('k'),
      value('v'),
      oneOf('form', {
        kept: op('Where', [value('condition', { dtype: 'bool' }), 0, constant('fill', { splat: true })]),
        dropped: op('Where', [value('condition', { dtype: 'bool' }), constant('fill', { splat: true }), 0]),
      }),
    ],
    { extraInputs: 'allow' },
  ),
  guard: (m, q) => {
    const mask = attentionParts(m.$node)?.mask;
    if (m.fill.splat !== Number.NEGATIVE_INFINITY) return no('fill', 'fill');
    return mask && isWhole(m.condition, mask, q) ? yes : no('mask-size', 'condition');
  },
  build: (m, b: Builder) => {
    const parts = attentionParts(m.$node);
    const mask = m.form === 'kept' ? m.condition : b.node('Not', [m.condition]);
    return parts && attentionLike(m.$node, { ...parts, mask }, {}, b);
  },
  emits: [
    { op: 'Attention', since: 23 },
    { op: 'Not', since: 1 },
  ],
  exactness: 'exact',
  benefit: 4,
  phase: 'fuse',
  keep: 'allowed',
  decreases: 'masks of numbers',
  exporters: ['torch.onnx: scaled_dot_product_attention with a boolean mask'],
  traps: ['a mask of -10000 or of the lowest number still tells keys apart where all are hidden'],
  instances: [
    {
      shapes: {
        q: ['B', 'H', 'L', 'D'],
        k: ['B', 'H', 'S', 'D'],
        v: ['B', 'H', 'S', 'D'],
        condition: ['L', 'S'],
      },
      dtype: 'float32',
      values: { fill: Number.NEGATIVE_INFINITY },
      opset: 23,
    },
  ],
});

export const boolMask: Pass = rulePass({
  name: 'attn/bool-mask',
  summary: 'give Attention the condition that its mask is made from',
  rules: [condition],
});
