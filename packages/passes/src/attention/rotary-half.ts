import type { Value } from '@refold/ir';
import { type Builder, commutative, no, op, type Query, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { cacheOf, type Table, tableOf, tableOps } from './rotary-table.ts';

/** [B, H, L, D], or [B, L, H, D] where the tables say so. */
const x = value('x', { dtype: 'float', rank: 4 });

const half = { dims: ['_', '_', '_', 'half'] } as const;
const last = { params: { axis: -1 } } as const;
const first = op('Split', [x], { params: { axis: -1 }, output: 0, test: half });
const second = op('Split', [x], { params: { axis: -1 }, output: 1, test: half });
const [cos, sin] = [value('cos', { rank: 4 }), value('sin', { rank: 4 })];

interface Tables {
  readonly axis: 1 | 2;
  readonly cos: Table;
  readonly sin: Table;
}

/** The tables, and which axis of `x` are its heads. */
function tablesOf(
  m: { readonly x: Value; readonly cos: Value; readonly sin: Value },
  q: Query,
): Tables | undefined {
  const shape = q.shape(m.x);
  if (!shape) return undefined;
  for (const axis of [1, 2] as const) {
    const [c, s] = [tableOf(m.cos, shape, axis), tableOf(m.sin, shape, axis)];
    if (c && s) return { axis, cos: c, sin: s };
  }
  return undefined;
}

/** RotaryEmbedding of heads that come first, or of heads side by side. */
function rotary(x: Value, tables: Tables, b: Builder, q: Query): Value | undefined {
  const caches = [cacheOf(tables.cos, x, b), cacheOf(tables.sin, x, b)];
  if (tables.axis === 1) return b.node('RotaryEmbedding', [x, ...caches]);
  const [heads, size] = [q.shape(x)?.[2], q.shape(x)?.[3]];
  if (typeof heads !== 'number' || typeof size !== 'number') return b.fail('heads-unknown', 'x');
  const flat = b.node('Reshape', [x, b.ints([0, 0, heads * size])]);
  const turned = b.node('RotaryEmbedding', [flat, ...caches], { num_heads: heads });
  return b.node('Reshape', [turned, b.ints([0, 0, heads, size])]);
}

const halves: Rule = rule({
  name: 'rope/half',
  doc: 'x * cos + (-x2, x1) * sin = RotaryEmbedding(x, cos, sin), for the halves x1 and x2 of x and tables of two equal halves',
  match: commutative('Add', [
    commutative('Mul', [x, cos]),
    commutative('Mul', [op('Concat', [op('Neg', [second]), first], last), sin]),
  ]),
  guard: (m, q) => (tablesOf(m, q) ? yes : no('halves-may-differ', 'cos')),
  build: (m, b, q) => {
    const tables = tablesOf(m, q);
    return tables && rotary(m.x, tables, b, q);
  },
  emits: [
    { op: 'RotaryEmbedding', since: 23 },
    ...[...tableOps, 'Reshape'].map((name) => ({ op: name, since: 15 })),
  ],
  exactness: 'reassociate',
  phase: 'fuse',
  grows: true,
  decreases: 'rotations that are written out',
  exporters: ['transformers: rotate_half of Llama, Mistral, Gemma, Qwen, Phi, GPT-NeoX'],
  traps: [
    'tables whose halves are not equal, as those of interleaved pairs',
    'the difference of the products, or halves that are swapped without a sign, turn another way',
    'tables that have heads of their own, or one position for all',
    'halves of unequal size',
  ],
  instances: [
    {
      shapes: { x: ['B', 'H', 'L', 8], cos: [1, 1, 'L', 8], sin: [1, 1, 'L', 8] },
      dims: { half: 4 },
      opset: 23,
    },
  ],
});

export const rotaryHalves: Pass = rulePass({
  name: 'rope/half',
  summary: 'fold rotary embeddings of halves back',
  rules: [halves],
});
