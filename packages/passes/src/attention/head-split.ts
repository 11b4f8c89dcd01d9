import type { Node, Value } from '@refold/ir';
import {
  type Builder,
  named,
  no,
  op,
  permuted,
  type Query,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { Flattening, flatHeadsOf } from './flat-heads.ts';
import { attentionLike, attentionParts } from './parts.ts';

const rank4 = { dtype: 'float', rank: 4 } as const;
const core = named(
  'attention',
  op('Attention', [value('q', rank4), value('k', rank4), value('v', rank4)], { extraInputs: 'allow' }),
);

interface Operands {
  readonly q: Value;
  readonly k: Value;
  readonly v: Value;
  readonly attention: Node;
}

function isFlat(m: Operands, q: Query): Verdict {
  const apart = [m.q, m.k, m.v].find((x) => !flatHeadsOf(x));
  if (apart) return no('heads-are-apart', apart.name);
  return typeof q.shape(m.v)?.[3] === 'number' ? yes : no('size-unknown', 'v');
}

/** Attention over heads that lie side by side. */
function flatAttention(m: Operands, b: Builder): Value | undefined {
  const parts = attentionParts(m.attention);
  const [q, k, v] = [flatHeadsOf(m.q), flatHeadsOf(m.k), flatHeadsOf(m.v)];
  if (!parts || !q || !k || !v) return undefined;
  const flat = new Flattening(b);
  const operands = { ...parts, q: flat.of(q), k: flat.of(k), v: flat.of(v) };
  return attentionLike(m.attention, operands, { q_num_heads: q.heads, kv_num_heads: k.heads }, b);
}

const emits = [
  { op: 'Attention', since: 23 },
  { op: 'RotaryEmbedding', since: 23 },
  { op: 'Reshape', since: 5 },
  { op: 'Split', since: 13 },
  { op: 'Transpose', since: 1 },
];

const exporters = ['transformers, timm, torchvision by torch.onnx of both kinds'];
const traps = [
  'a normalization of each head stands between the split and the transposition',
  'keys and values that come by head, as those of a cache outside',
  'parts that are taken apart in another order than queries, keys, values',
];

const many: Rule = rule({
  name: 'attn/head-split',
  doc: 'Transpose(Attention(heads(q), heads(k), heads(v))) = Reshape(Attention(q, k, v; q_num_heads, kv_num_heads)), where heads splits the last axis and moves it',
  match: permuted([0, 2, 1, 3], core),
  guard: isFlat,
  build: (m, b, q) => {
    const y = flatAttention(m, b);
    const [heads, size] = [q.shape(m.q)?.[1], q.shape(m.v)?.[3]];
    return y && b.node('Reshape', [y, b.ints([0, 0, Number(heads), Number(size)])]);
  },
  emits,
  exactness: 'exact',
  phase: 'fuse',
  exporters,
  traps,
});

const lengthsFirst: Rule = rule({
  name: 'attn/head-split.lengths-first',
  doc: 'the same for [L, B, H * D], as where the batch is not first',
  match: permuted([2, 0, 1, 3], core),
  guard: isFlat,
  build: (m, b, q) => {
    const y = flatAttention(m, b);
    const [heads, size] = [q.shape(m.q)?.[1], q.shape(m.v)?.[3]];
    const shape = b.ints([0, 0, Number(heads), Number(size)]);
    return y && b.node('Reshape', [b.node('Transpose', [y], { perm: [1, 0, 2] }), shape]);
  },
  emits,
  exactness: 'exact',
  benefit: 0,
  phase: 'fuse',
  exporters: ['torch.onnx: MultiheadAttention'],
  traps,
});

const single: Rule = rule({
  name: 'attn/head-split.one-query',
  doc: 'the same for one query, whose heads need no Transpose',
  match: core,
  guard: (m, q) => (q.shape(m.q)?.[2] === 1 ? isFlat(m, q) : no('more-queries', 'q')),
  build: (m, b, q) => {
    const y = flatAttention(m, b);
    const [heads, size] = [q.shape(m.q)?.[1], q.shape(m.v)?.[3]];
    return y && b.node('Reshape', [y, b.ints([0, Number(heads), 1, Number(size)])]);
  },
  emits,
  exactness: 'exact',
  benefit: 0,
  phase: 'fuse',
  exporters: ['transformers: decoders, one step at a time'],
  traps,
});

export const headSplit: Pass = rulePass({
  name: 'attn/head-split',
  summary: 'let Attention split heads and put them together itself',
  rules: [many, lengthsFirst, single],
});
