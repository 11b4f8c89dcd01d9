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
import { attentionWeights } from './scores.ts';
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

function sdpaRule(name: string, exactness: Exactness, doc: string, live: boolean): Rule {
  return rule({
    name,
    doc,
    match: pattern,
    guard: (m, q) => {
      const verdict = checkCore(m, q, shapesOf(m, q));
      if (!verdict.ok) return verdict;
      return isLive(m, q) === live ? yes : no(live ? 'no-key-may-be-seen' : 'sees-keys', 'masks');
    },
    build,
    emits: [
      { op: 'Attention', since: 23 },
      ...['Add', 'Mul', 'Not', 'Transpose', 'Concat', 'Expand', 'Where'].map((o) => ({ op: o, since: 9 })),
      ...['Shape', 'Squeeze'].map((o) => ({ op: o, since: 15 })),
    ],
    exactness,
    phase: 'fuse',
    exporters: ['torch.onnx of both kinds', 'transformers', 'timm', 'torchvision', 'tf2onnx'],
    traps,
    instances,
  });
}

const traps: readonly string[] = [
  'a query whose keys are all at -inf gives NaN; Attention gives zeros, or what a guard after Softmax says',
  'a mask that is added before scaling, or that Tanh takes in, is another function',
  'weights that are scaled, masked or read after Softmax',
  'a mask that widens the batch or the heads, and heads that broadcast: Attention shares heads in another order',
  'hidden scores of -10000 instead of an infinity are no boolean mask',
  'a float16 score does not vanish beside the lowest number',
];

const shape = { q: ['B', 'H', 'L', 'D'], v: ['B', 'H', 'S', 'E'] } as const;

const instances: readonly InstanceHint[] = [
  {
    shapes: { ...shape, k: ['B', 'H', 'S', 'D'] },
    choices: { keys: 'heads', hiding: 'none', guard: 'none' },
    opset: 23,
  },
  {
    shapes: { ...shape, k: ['B', 'S', 'H', 'D'] },
    choices: { keys: 'lengths', hiding: 'none', guard: 'none' },
    opset: 23,
  },
  {
    shapes: { ...shape, k: ['B', 'H', 'D', 'S'] },
    choices: { keys: 'turned', hiding: 'none', guard: 'none' },
    opset: 23,
  },
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
