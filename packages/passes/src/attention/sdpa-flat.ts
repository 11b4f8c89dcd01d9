import { type Shape, shapeOf, type Value } from '@refold/ir';
import { type Builder, no, op, type Query, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { type Core, checkCore, isLive, maskOf, precisionOf, scaleAttributes } from './core.ts';
import { flatWeights } from './scores.ts';
import { wholeMask } from './sizes.ts';

/** Keys [N, S, D]. */
function keyShape(m: Core, q: Query): Shape | undefined {
  const shape = q.shape(m.k);
  return m.keys === 'turned' ? shape && [0, 2, 1].map((axis) => shape[axis] ?? 0) : shape;
}

/** With one head: Attention has no form without heads, or with all of them in the batch. */
function build(m: Core, b: Builder, q: Query): Value {
  const axis = b.ints([1]);
  const one = (x: Value): Value => b.node('Unsqueeze', [x, axis]);
  const keys = m.keys === 'turned' ? b.node('Transpose', [m.k], { perm: [0, 2, 1] }) : m.k;
  const [query, key] = [one(m.rows ? b.node('Mul', [m.q, m.rows]) : m.q), one(keys)];
  const mask = maskOf(m, b, q);
  // A mask [N, L, S] would count as one of N heads.
  const apart = mask && shapeOf(mask)?.length === 3 ? one(mask) : mask;
  const y = b.node('Attention', [query, key, one(m.v), apart && wholeMask(apart, query, key, b)], {
    ...scaleAttributes(m, q),
    softmax_precision: precisionOf(m, q),
  });
  return b.node('Squeeze', [y, axis]);
}

const flat: Rule = rule({
  name: 'attn/sdpa-3d',
  doc: 'MatMul(Softmax(MatMul(q, Transpose(k)) * scale + masks), v) = Attention(q, k, v, masks), for [N, L, D] as one head',
  match: op('MatMul', [flatWeights, value('v', { dtype: 'float', rank: 3 })]),
  guard: (m, q) => {
    const verdict = checkCore(m, q, [q.shape(m.q), keyShape(m, q), q.shape(m.v)]);
    if (!verdict.ok) return verdict;
    return isLive(m, q) ? yes : no('no-key-may-be-seen', 'masks');
  },
  build,
  emits: [
    { op: 'Attention', since: 23 },
    ...['Add', 'Mul', 'Not', 'Transpose', 'Concat', 'Expand', 'Where'].map((name) => ({
      op: name,
      since: 9,
    })),
    ...['Shape', 'Squeeze', 'Unsqueeze'].map((name) => ({ op: name, since: 15 })),
  ],
  exactness: 'reassociate',
  benefit: 14,
  phase: 'fuse',
  grows: true,
  decreases: 'attention that is written out',
  exporters: ['torch.onnx: MultiheadAttention by bmm; attention with one head of image generators'],
  traps: [
    'a mask [N, L, S] belongs to samples, not to heads',
    'a gate over experts is no attention: it has no keys',
  ],
  instances: [
    {
      shapes: { q: ['N', 'L', 'D'], k: ['N', 'S', 'D'], v: ['N', 'S', 'E'] },
      choices: { keys: 'heads', scaling: 'factor', bias: 'none', hiding: 'none', guard: 'none' },
      values: { factor: 0.25, keyFactor: 0.5, softcap: 2 },
      opset: 23,
    },
    {
      shapes: { q: ['N', 'L', 'D'], k: ['N', 'D', 'S'], v: ['N', 'S', 'E'] },
      choices: { keys: 'turned', scaling: 'none', bias: 'none', hiding: 'none', guard: 'none' },
      values: { keyFactor: 0.5, softcap: 2 },
      opset: 23,
    },
  ],
});

export const flatSdpa: Pass = rulePass({
  name: 'attn/sdpa-3d',
  summary: 'fold attention with one head, or with heads in the batch, back',
  rules: [flat],
});
