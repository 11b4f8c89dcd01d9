import { no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { attentionParts, hasOtherResults } from './parts.ts';
import { isSame } from './sizes.ts';

const along = { params: { axis: -2 } } as const;

const rank = { dtype: 'float', rank: 4 } as const;

const cache: Rule = rule({
  name: 'attn/kv-cache',
  doc: 'Attention(q, Concat(pastKey, k), Concat(pastValue, v), mask) = Attention(q, k, v, mask, pastKey, pastValue), whose other results are the two Concats',
  match: op(
    'Attention',
    [
      value('q', rank),
      op('Concat', [value('pastKey', rank), value('k', rank)], along),
      op('Concat', [value('pastValue', rank), value('v', rank)], along),
    ],
    {
      extraInputs: 'allow',
      params: { isCausal: false, leftWindowSize: { absent: true }, rightWindowSize: { absent: true } },
    },
  ),
  guard: (m, q) => {
    const parts = attentionParts(m.$node);
    if (!parts || parts.pastKey || parts.lengths || hasOtherResults(m.$node))
      return no('keys-are-cached', 'k');
    const [pastKey, pastValue, k, v] = [m.pastKey, m.pastValue, m.k, m.v].map((x) => q.shape(x));
    if (!isSame(pastKey?.[2], pastValue?.[2]) || !isSame(k?.[2], v?.[2]))
      return no('lengths-differ', 'pastKey');
    return isSame(pastKey?.[1], k?.[1]) && isSame(pastValue?.[1], v?.[1])
      ? yes
      : no('heads-differ', 'pastKey');
  },
  build: (m, b) => {
    const parts = attentionParts(m.$node);
    if (!parts) return undefined;
    const inputs = [m.q, m.k, m.v, parts.mask, m.pastKey, m.pastValue];
    const [y, keys, values] = b.nodeN('Attention', 3, inputs, Object.fromEntries(m.$node.attributes));
    if (keys) b.replace(parts.k, keys);
    if (values) b.replace(parts.v, values);
    return y;
  },
  emits: [{ op: 'Attention', since: 23 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['transformers: decoders with past_key_values'],
  traps: [
    'keys and values that are cut into past and new at different places',
    'with is_causal the diagonal would move by the length of the past',
    'a result that is read before the queries are there',
  ],
  instances: [
    {
      shapes: {
        q: ['B', 'H', 'L', 'D'],
        k: ['B', 'H', 'L', 'D'],
        v: ['B', 'H', 'L', 'E'],
        pastKey: ['B', 'H', 'P', 'D'],
        pastValue: ['B', 'H', 'P', 'E'],
      },
      opset: 23,
    },
  ],
});

export const kvCache: Pass = rulePass({
  name: 'attn/kv-cache',
  summary: 'let Attention append to the cache of keys and values',
  rules: [cache],
});
