import { commutative, no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { rotary, rotaryOps, tablesOf } from './rotary-cache.ts';

/** [B, H, L, D], or [B, L, H, D] where the tables say so. */
const x = value('x', { dtype: 'float', rank: 4 });

const half = { dims: ['_', '_', '_', 'half'] } as const;
const last = { params: { axis: -1 } } as const;
const first = op('Split', [x], { params: { axis: -1 }, output: 0, test: half });
const second = op('Split', [x], { params: { axis: -1 }, output: 1, test: half });
const [cos, sin] = [value('cos', { rank: 4 }), value('sin', { rank: 4 })];

const rotation = {
  emits: rotaryOps,
  exactness: 'reassociate',
  phase: 'fuse',
  grows: true,
  decreases: 'rotations that are written out',
} as const;

const halves: Rule = rule({
  ...rotation,
  name: 'rope/half',
  doc: 'x * cos + (-x2, x1) * sin = RotaryEmbedding(x, cos, sin), for the halves x1 and x2 of x and tables of two equal halves',
  match: commutative('Add', [
    commutative('Mul', [x, cos]),
    commutative('Mul', [op('Concat', [op('Neg', [second]), first], last), sin]),
  ]),
  guard: (m, q) => (tablesOf(m, 'elements', q) ? yes : no('halves-may-differ', 'cos')),
  build: (m, b, q) => {
    const tables = tablesOf(m, 'elements', q);
    return tables && rotary(m.x, tables, false, b);
  },
  exporters: ['transformers: rotate_half of Llama, Mistral, Gemma, Qwen, Phi, GPT-NeoX'],
  traps: [
    'tables whose halves are not equal, as those of interleaved pairs',
    'the difference of the products, or halves that are swapped without a sign, turn another way',
    'tables that have heads of their own, or one position for all',
    'halves of unequal size',
  ],
});

const apart: Rule = rule({
  ...rotation,
  name: 'rope/half.apart',
  doc: 'Concat(x1 * cos - x2 * sin, x2 * cos + x1 * sin) = RotaryEmbedding(x, cos, sin), for the halves x1 and x2 of x',
  match: op(
    'Concat',
    [
      op('Sub', [commutative('Mul', [first, cos]), commutative('Mul', [second, sin])]),
      commutative('Add', [commutative('Mul', [second, cos]), commutative('Mul', [first, sin])]),
    ],
    last,
  ),
  guard: (m, q) => (tablesOf(m, 'pairs', q) ? yes : no('tables-do-not-fit', 'cos')),
  build: (m, b, q) => {
    const tables = tablesOf(m, 'pairs', q);
    return tables && rotary(m.x, tables, false, b);
  },
  exporters: ['onnxscript: RotaryEmbedding by its function body', 'GPT-OSS'],
  traps: ['halves that are exchanged, or both sums or both differences'],
  instances: [
    {
      shapes: { x: ['B', 'H', 'L', 8], cos: [1, 1, 'L', 4], sin: [1, 1, 'L', 4] },
      dims: { half: 4 },
      opset: 23,
    },
  ],
});

export const rotaryHalves: Pass = rulePass({
  name: 'rope/half',
  summary: 'fold rotary embeddings of halves back',
  rules: [halves, apart],
});
