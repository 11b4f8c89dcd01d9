import type { Value } from '@refold/ir';
import {
  type Builder,
  type Exactness,
  type InstanceHint,
  no,
  op,
  type Query,
  type Rule,
  rule,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { type Core, checkCore, isLive, maskOf, precisionOf, scaleAttributes, shapesOf } from './core.ts';
import { attentionWeights, type KeyLayout } from './scores.ts';
import { keysByHead, wholeMask } from './sizes.ts';

function build(m: Core, b: Builder, q: Query): Value {
  const k = keysByHead(m.k, m.keys, b);
  const mask = maskOf(m, b, q);
  const query = m.rows ? b.node('Mul', [m.q, m.rows]) : m.q;
  return b.node('Attention', [query, k, m.v, mask && wholeMask(mask, query, k, b)], {
    ...scaleAttributes(m, q),
    softmax_precision: precisionOf(m, q),
  });
}

const pattern = op('MatMul', [attentionWeights, value('v', { dtype: 'float', rank: 4 })]);

function sdpaRule(name: string, exactness: Exactness, doc: string, seesKeys: boolean): Rule {
  return rule({
    name,
    doc,
    match: pattern,
    guard: (m, q) => {
      const verdict = checkCore(m, q, shapesOf(m, q));
      if (!verdict.ok) return verdict;
      return isLive(m, q) === seesKeys ? yes : no(seesKeys ? 'no-key-may-be-seen' : 'sees-keys', 'masks');
    },
    build,
    emits: [
      { op: 'Attention', since: 23 },
      ...['Add', 'Mul', 'Not', 'Transpose', 'Concat', 'Expand', 'Where'].map((o) => ({ op: o, since: 9 })),
      ...['Shape', 'Squeeze'].map((o) => ({ op: o, since: 15 })),
    ],
    exactness,
    phase: 'fuse',
    // Three rules whose patterns are alike but for ranks and what is known of masks.
    benefit: seesKeys ? 15 : 13,
    exporters: ['torch.onnx of both kinds', 'transformers', 'timm', 'torchvision', 'tf2onnx'],
    traps,
    instances: seesKeys ? live : open,
  });
}

const traps: readonly string[] = [
  'a query whose keys are all at -inf gives NaN; Attention gives zeros, or what a guard after Softmax says',
  'a mask that is added before scaling, or that Tanh takes in, is another function',
  'weights that are scaled, masked or read after Softmax',
  'a mask that widens the batch or the heads, and heads that broadcast: Attention shares heads in another order',
  'hidden scores of -10000 instead of an infinity are not a boolean mask',
  'a float16 score does not vanish beside the lowest number',
  'a hidden score that is NaN stays NaN in Attention, which adds to it',
];

const [q, v] = [
  ['B', 'H', 'L', 'D'],
  ['B', 'H', 'S', 'E'],
];

const layouts: readonly (readonly [KeyLayout, readonly (string | number)[]])[] = [
  ['heads', ['B', 'H', 'S', 'D']],
  ['lengths', ['B', 'S', 'H', 'D']],
  ['batched', ['B', 'H', 'S', 'D']],
  ['piece', [1, 'B', 'H', 'S', 'D']],
  ['turned', ['B', 'H', 'D', 'S']],
];

const values = { factor: 0.25, keyFactor: 0.5, softcap: 2 };
const plain = { scaling: 'factor', bias: 'none', hiding: 'none', guard: 'none' } as const;

/** Scores that are hidden in some places. */
function hiding(fill: number, choices: Readonly<Record<string, string>>): InstanceHint {
  const k = ['B', 'H', 'S', 'D'];
  return {
    shapes: { q, k, v, kept: ['L', 'S'], dropped: ['L', 'S'] },
    choices: { ...plain, keys: 'heads', ...choices },
    values: { ...values, fill },
    dtype: 'float32',
    opset: 23,
  };
}

const live: readonly InstanceHint[] = [
  ...layouts.map(([keys, k]) => ({
    shapes: { q, k, v },
    choices: { ...plain, keys },
    values,
    opset: 23,
  })),
  {
    shapes: { q, k: ['B', 'H', 'S', 'D'], v, rows: ['H', 1, 1] },
    choices: { ...plain, keys: 'heads', scaling: 'rows', capping: 'none' },
    values,
    opset: 23,
  },
  hiding(Number.NEGATIVE_INFINITY, { hiding: 'kept', guard: 'kept' }),
  hiding(Number.NEGATIVE_INFINITY, { hiding: 'dropped', guard: 'dropped' }),
];

const open: readonly InstanceHint[] = [
  hiding(Number.NEGATIVE_INFINITY, { hiding: 'kept' }),
  hiding(Number.NEGATIVE_INFINITY, { hiding: 'dropped' }),
  hiding(-(2 ** 128 - 2 ** 104), { hiding: 'dropped' }),
];

/** Attention over keys of which each query sees one at least. */
export const sdpa: Pass = rulePass({
  name: 'attn/sdpa',
  summary: 'fold scaled dot-product attention back',
  rules: [
    sdpaRule(
      'attn/sdpa',
      'reassociate',
      'MatMul(Softmax(cap(MatMul(q, Transpose(k)) * scale) + masks), v) = Attention(q, k, v, masks)',
      true,
    ),
    sdpaRule(
      'attn/sdpa.no-keys',
      'approximate',
      'the same, where a query may see no key: zeros take the place of NaN',
      false,
    ),
  ],
});
