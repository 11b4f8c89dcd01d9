import type { Shape, Value } from '@refold/ir';
import { no, oneOf, op, type Rule, reshaped, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { attentionLike, attentionParts, hasOtherResults } from './parts.ts';
import { isSame } from './sizes.ts';

const extra = { extraInputs: 'allow' } as const;

const [k, v] = [value('k', { rank: 4 }), value('v', { rank: 4 })];
const repeats = ['Expand', 'Tile'];
const single = { dims: ['_', 1, '_', '_'] } as const;

/** Heads [B, G, S, D], each so often in a row that there are as many as queries have; or one head for all. */
const keys = oneOf('kForm', {
  groups: reshaped('B G R S D -> B (G R) S D', op(repeats, [reshaped('B G S D -> B G 1 S D', k)], extra)),
  one: op(repeats, [value('k', single)], extra),
});

const values = oneOf('vForm', {
  groups: reshaped('B G R S E -> B (G R) S E', op(repeats, [reshaped('B G S E -> B G 1 S E', v)], extra)),
  one: op(repeats, [value('v', single)], extra),
});

/** Whether `to` is `from` with more heads, and with nothing else changed. */
function repeatsHeads(from: Shape | undefined, to: Shape | undefined): boolean {
  if (!from || !to || typeof from[1] !== 'number' || typeof to[1] !== 'number') return false;
  return to[1] % from[1] === 0 && [0, 2, 3].every((axis) => isSame(from[axis], to[axis]));
}

const shareHeads: Rule = rule({
  name: 'attn/gqa',
  doc: 'Attention(q, repeat(k), repeat(v)) = Attention(q, k, v), where queries share heads of keys in a row',
  match: op('Attention', [value('q', { rank: 4 }), keys, values], extra),
  guard: (m, q) => {
    const parts = attentionParts(m.$node);
    if (!parts || parts.pastKey || hasOtherResults(m.$node)) return no('keys-are-cached', 'k');
    const isRepeat = (from: Value, to: Value): boolean => repeatsHeads(q.shape(from), q.shape(to));
    if (!isRepeat(m.k, parts.k) || !isRepeat(m.v, parts.v)) return no('not-repeated-heads', 'k');
    return isSame(q.shape(m.k)?.[1], q.shape(m.v)?.[1]) ? yes : no('heads-differ', 'v');
  },
  build: (m, b) => {
    const parts = attentionParts(m.$node);
    return parts && attentionLike(m.$node, { ...parts, k: m.k, v: m.v }, {}, b);
  },
  emits: [{ op: 'Attention', since: 23 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['transformers: repeat_kv', 'torch.onnx: scaled_dot_product_attention with enable_gqa'],
  traps: [
    'Tile over the heads repeats all of them in turn (k0 k1 k0 k1), where queries would have to be permuted',
    'keys and values that are repeated unlike',
  ],
});

export const groupQueries: Pass = rulePass({
  name: 'attn/gqa',
  summary: 'let queries share heads of keys and values instead of repeating them',
  rules: [shareHeads],
});
