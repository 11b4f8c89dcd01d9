import { named, no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const x = value('x', { dtype: 'float', rank: 4 });
const part = { params: { axis: -1 } } as const;

const prefix: Rule = rule({
  name: 'rope/partial',
  doc: 'Concat(RotaryEmbedding(x[..n]), x[n..]) = RotaryEmbedding(x; rotary_embedding_dim = n)',
  match: op(
    'Concat',
    [
      named(
        'turned',
        op('RotaryEmbedding', [op('Split', [x], { ...part, output: 0 })], {
          params: { rotaryEmbeddingDim: { absent: true } },
          extraInputs: 'allow',
        }),
      ),
      named('split', op('Split', [x], { ...part, output: 1 })),
    ],
    part,
  ),
  guard: (m, q) => {
    const [first] = m.split.outputs;
    const size = first && q.shape(first)?.[3];
    if (m.split.outputs.length !== 2) return no('part-is-missing', 'x');
    return typeof size === 'number' && size > 0 && size % 2 === 0 ? yes : no('size-unknown', 'x');
  },
  build: (m, b, q) => {
    const [first] = m.split.outputs;
    const [, ...caches] = m.turned.inputs;
    const size = first && q.shape(first)?.[3];
    return b.node('RotaryEmbedding', [m.x, ...caches], {
      ...Object.fromEntries(m.turned.attributes),
      rotary_embedding_dim: Number(size),
    });
  },
  emits: [{ op: 'RotaryEmbedding', since: 23 }],
  exactness: 'exact',
  phase: 'fuse',
  exporters: ['transformers: Phi, GPT-NeoX, StableLM'],
  traps: [
    'a part at the end that is turned, and the rest before it',
    'parts that are turned and left of another value',
  ],
});

export const rotaryPrefix: Pass = rulePass({
  name: 'rope/partial',
  summary: 'let RotaryEmbedding leave the rest of each head alone',
  rules: [prefix],
});
