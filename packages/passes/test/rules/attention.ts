import type { InstanceHint } from '@refold/matcher';
import { constant, ints, weight } from '../support.ts';
import { model as modelOf } from './model.ts';

/** Attention and RotaryEmbedding came with opset 23. */
const model = (inputs: string, nodes: string, constants: readonly string[] = [], outputs = 'y') =>
  modelOf(inputs, nodes, constants, outputs, 23);

const scalar = (name: string, value: number | string): string => constant(name, [], [value]);
const operands = 'float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,6] v';
const infinite = scalar('low', '-inf');
const lowest = scalar('low', '-3.4028234663852886e38');
/** Every fifth key is hidden, so each query sees one. */
const kept = constant(
  'b',
  [2, 1, 4, 6],
  Array.from({ length: 48 }, (_, i) => (i % 5 === 0 ? 0 : 1)),
  'bool',
);

const scores = 't = Transpose <perm = [0, 1, 3, 2]> (k) s = MatMul (q, t) d = Mul (s, c)';
const weigh = 'p = Softmax <axis = -1> (a) y = MatMul (p, v)';
const half = scalar('c', 0.5);

/** -inf above a diagonal, and 0 elsewhere. */
const triangle = (rows: number, columns: number): string =>
  constant(
    'm',
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => (i % columns > Math.floor(i / columns) ? '-inf' : 0)),
  );

/** 0 in a band along the diagonal, and -inf elsewhere; without an end where none is given. */
const band = (rows: number, columns: number, left: number, right = columns): string =>
  constant(
    'm',
    [rows, columns],
    Array.from({ length: rows * columns }, (_, i) => {
      const distance = (i % columns) - Math.floor(i / columns);
      return distance <= right && -distance <= left ? 0 : '-inf';
    }),
  );

const turn = (x: string, shape: string): string =>
  `${x}r = Reshape (${x}, ${shape}) ${x}t = Transpose <perm = [0, 2, 1, 3]> (${x}r)`;
const heads = [ints('six', 0, 0, 6, 4), ints('two', 0, 0, 2, 4)];
const apart = `${turn('q', 'six')} ${turn('k', 'two')} ${turn('v', 'two')}`;
const side = 'float[B,L,24] q, float[B,S,8] k, float[B,S,8] v';

const lengthsFirst = (x: string, s: string): string =>
  `${x}a = Reshape (${x}, b${s}) ${x}b = Transpose <perm = [1, 0, 2]> (${x}a) ${x}t = Reshape (${x}b, h${s})`;

const repeat = (x: string, by: string): string =>
  `${x}u = Unsqueeze (${x}, two) ${x}e = ${by} (${x}u, three) ${x}r = Reshape (${x}e, full)`;

const joined = [
  ...[ints('jq', 6, 4, 5), ints('jk', 6, 6, 5), ints('jv', 6, 6, 7), ints('jp', 6, 4, 6)],
  ...[ints('s4', 2, 3, 4, 6), ints('y4', 2, 3, 4, 7)],
];
const join = (weights: string): string =>
  `q3 = Reshape (q, jq) k3 = Reshape (k, jk) v3 = Reshape (v, jv) t = Transpose <perm = [0, 2, 1]> (k3)
   s = MatMul (q3, t) ${weights} o = MatMul (p, v3) y = Reshape (o, y4)`;
const fours = 'float[2,3,4,5] q, float[2,3,6,5] k, float[2,3,6,7] v';

const rotation = 'a, b = Split <axis = -1> (x, t) n = Neg (b) r = Concat <axis = -1> (n, a)';
const turned = `${rotation} p = Mul (x, c) q = Mul (r, s) y = Add (p, q)`;
const angles =
  'd = Concat <axis = -1> (f, f) g = Cos (d) h = Sin (d) c = Unsqueeze (g, o) s = Unsqueeze (h, o)';

/** Cases of the rules about attention that patterns alone do not make: masks, and shapes that depend on each other. */
export const attentionInstances: Readonly<Record<string, readonly InstanceHint[]>> = {
  'attn/sdpa': [
    model(
      `${operands}, bool[1,1,3,5] b`,
      `${scores} h = Where (b, d, low) p = Softmax <axis = -1> (h) n = IsNaN (p) g = Where (n, z, p) y = MatMul (g, v)`,
      [half, infinite, scalar('z', 0)],
    ),
    model(operands, `${scores} a = Add (d, m) ${weigh}`, [half, weight('m', [2, 3, 5])]),
    model(`${operands}, bool[1,1,1,5] b`, `m = Where (b, z, low) ${scores} a = Add (m, d) ${weigh}`, [
      ...[half, lowest, scalar('z', 0)],
    ]),
    model(operands, `${scores} e = Add (d, m) a = Add (e, w) ${weigh}`, [
      ...[half, weight('m', [3, 5]), weight('w', [1, 2, 3, 5])],
    ]),
  ],
  'attn/sdpa.no-keys': [model(`${operands}, float[3,5] m`, `${scores} a = Add (d, m) ${weigh}`, [half])],
  'attn/sdpa-reshape': [
    model(fours, join('a = Add (s, m) p = Softmax <axis = -1> (a)'), [...joined, weight('m', [4, 6])]),
    model(
      fours,
      join(
        'a = Add (s, m) h = Reshape (a, s4) w = Where (b, h, low) r = Softmax <axis = -1> (w) p = Reshape (r, jp)',
      ),
      [...joined, weight('m', [6, 4, 6]), lowest, kept],
    ),
  ],
  'attn/sdpa-3d': [
    model(
      'float[2,3,4] q, float[2,5,4] k, float[2,5,6] v',
      't = Transpose <perm = [0, 2, 1]> (k) s = MatMul (q, t) a = Add (s, m) p = Softmax <axis = -1> (a) y = MatMul (p, v)',
      [weight('m', [2, 3, 5])],
    ),
  ],
  'attn/windows': [
    model(
      'float[8,2,3,4] q, float[8,2,3,4] k, float[8,2,3,4] v',
      `t = Transpose <perm = [0, 1, 3, 2]> (k) s = MatMul (q, t) a = Add (s, bias) r = Reshape (a, five)
       m = Add (r, w) u = Reshape (m, four) p = Softmax <axis = -1> (u) y = MatMul (p, v)`,
      [
        ...[ints('five', -1, 4, 2, 3, 3), ints('four', -1, 2, 3, 3)],
        ...[weight('bias', [1, 2, 3, 3]), weight('w', [1, 4, 1, 3, 3])],
      ],
    ),
  ],
  'attn/scale.queries': [
    model(operands, 'a = Mul (q, c) y = Attention <scale = 1.0> (a, k, v)', [scalar('c', 0.6)]),
    model(operands, 'a = Div (q, c) y = Attention (a, k, v)', [constant('c', [1], [2])]),
  ],
  'attn/scale.keys': [model(operands, 'a = Mul (c, k) y = Attention (q, a, v)', [scalar('c', 0.3)])],
  'attn/gqa': [
    ...['Expand', 'Tile'].map((by) =>
      model(
        'float[2,6,3,4] q, float[2,2,5,4] k, float[2,2,5,4] v',
        `${repeat('k', by)} ${repeat('v', by)} y = Attention (q, kr, vr)`,
        [ints('two', 2), ints('three', 1, 1, 3, 1, 1), ints('full', 0, 6, -1, 4)],
      ),
    ),
    model(
      'float[2,6,3,4] q, float[2,1,5,4] k, float[2,1,5,4] v',
      'a = Expand (k, six) b = Tile (v, six) y = Attention (q, a, b)',
      [ints('six', 1, 6, 1, 1)],
    ),
  ],
  'attn/causal-const': [
    model(operands, 'y = Attention (q, k, v, m)', [triangle(3, 5)]),
    model(
      'float[1,2,L,4] q, float[1,2,L,4] k, float[1,2,L,6] v',
      `l = Shape <start = 2, end = 3> (q) n = Concat <axis = 0> (l, l) i = Expand (low, n)
       m = Trilu (i, one) y = Attention (q, k, v, m)`,
      ['int64 one = {1}', infinite],
    ),
  ],
  'attn/window': [band(5, 5, 1, 0), band(3, 5, 1, 1), band(5, 4, 2, undefined)].map((mask, i) => {
    const [rows, columns] =
      [
        [5, 5],
        [3, 5],
        [5, 4],
      ][i] ?? [];
    const inputs = `float[1,2,${rows},4] q, float[1,2,${columns},4] k, float[1,2,${columns},6] v`;
    return modelOf(inputs, 'y = Attention (q, k, v, m)', [mask], 'y', 25);
  }),
  'attn/head-split': [
    model(
      side,
      `${apart} a = Attention (qt, kt, vt) u = Transpose <perm = [0, 2, 1, 3]> (a) y = Neg (u)`,
      heads,
    ),
    model(
      'float[B,L,24] x',
      `r = Reshape (x, five) t = Transpose <perm = [2, 0, 3, 1, 4]> (r) q = Gather <axis = 0> (t, i)
       k = Gather <axis = 0> (t, j) w0, w1, w2 = Split <axis = 0> (t, ones) v = Squeeze (w2, z)
       a = Attention (q, k, v) u = Transpose <perm = [0, 2, 1, 3]> (a) y = Neg (u)`,
      [
        ...[ints('five', 0, 0, 3, 2, 4), ints('ones', 1, 1, 1), ints('z', 0)],
        ...['int64 i = {0}', 'int64 j = {-2}'],
      ],
    ),
  ],
  'attn/head-split.lengths-first': [
    model(
      'float[3,2,8] q, float[5,2,8] k, float[5,2,8] v',
      `${lengthsFirst('q', 'q')} ${lengthsFirst('k', 'k')} ${lengthsFirst('v', 'k')}
       a = Attention (qt, kt, vt) u = Transpose <perm = [2, 0, 1, 3]> (a) y = Neg (u)`,
      [...[ints('bq', 3, 4, 4), ints('bk', 5, 4, 4)], ...[ints('hq', 2, 2, 3, 4), ints('hk', 2, 2, 5, 4)]],
    ),
  ],
  'attn/head-split.one-query': [
    model(
      side.replace('L', '1'),
      `qt = Reshape (q, one) ${turn('k', 'two')} ${turn('v', 'two')} a = Attention (qt, kt, vt) y = Neg (a)`,
      [ints('one', 0, 6, 1, 4), ints('two', 0, 0, 2, 4)],
    ),
  ],
  'rope/half': [
    model('float[2,2,3,4] x, float[2,3,2] f', `${angles} ${turned}`, [ints('o', 1), ints('t', 2, 2)]),
    model('float[B,2,L,4] x, float[1,L,2] f', `${angles} ${turned}`, [ints('o', 1), ints('t', 2, 2)]),
    model('float[2,3,2,4] x, float[2,3,2] f', `${angles} ${turned}`, [ints('o', 2), ints('t', 2, 2)]),
  ],
  'rope/partial': [
    model(
      'float[2,3,5,8] x, float[2,5,2] c, float[2,5,2] s',
      'a, b = Split <axis = -1> (x, n) t = RotaryEmbedding (a, c, s) y = Concat <axis = -1> (t, b)',
      [ints('n', 4, 4)],
    ),
  ],
};
