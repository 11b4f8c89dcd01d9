import { expect, test } from 'vitest';
import {
  expectEqual,
  expectNodes,
  expectUnchanged,
  ints,
  nodes,
  run,
  type Setting,
} from '../../test/support.ts';
import { headSplit } from './head-split.ts';
import { rotaryPrefix } from './rotary-partial.ts';

const opset23: Setting = { opset: 23 };
const operands = 'float[B,L,24] q, float[B,S,8] k, float[B,S,8] v';
const sizes = [ints('six', 0, 0, 6, 4), ints('two', 0, 0, 2, 4), ints('flat', 0, 0, 24)];
const turn = (x: string, shape: string): string =>
  `${x}r = Reshape (${x}, ${shape}) ${x}t = Transpose <perm = [0, 2, 1, 3]> (${x}r)`;
const heads = `${turn('q', 'six')} ${turn('k', 'two')} ${turn('v', 'two')}`;
const join = 'u = Transpose <perm = [0, 2, 1, 3]> (a) y = Reshape (u, flat)';

const graph = (body: string, constants = sizes, inputs = operands, y = 'float[B,L,24] y'): string =>
  `(${inputs}) => (${y}) <${constants.join(', ')}> { ${body} }`;

test('heads that are split and put together again lie side by side', () => {
  const outcome = run(headSplit, graph(`${heads} a = Attention (qt, kt, vt) ${join}`), opset23);
  expect(nodes(outcome.after)).toMatch(
    /^(\S+) = Attention <q_num_heads: int = 6, kv_num_heads: int = 2> \(q, k, v\)\nu = Reshape \(\1, \S+\)\ny = Reshape \(u, flat\)$/,
  );
  expectEqual(outcome);
});

test('heads that are turned are turned side by side', () => {
  const inputs = `${operands}, float[B,L,2] c, float[B,L,2] s, float[B,S,2] d, float[B,S,2] e`;
  const body = `${heads} qq = RotaryEmbedding (qt, c, s) kk = RotaryEmbedding (kt, d, e) a = Attention (qq, kk, vt) ${join}`;
  const outcome = run(headSplit, graph(body, sizes, inputs), opset23);
  expect(nodes(outcome.after)).toContain('RotaryEmbedding <num_heads: int = 6> (q, c, s)');
  expect(nodes(outcome.after)).toContain('RotaryEmbedding <num_heads: int = 2> (k, d, e)');
  expectEqual(outcome);
});

test('queries, keys and values that one product makes are parts of it', () => {
  const body = `r = Reshape (x, five) t = Transpose <perm = [2, 0, 3, 1, 4]> (r) q = Gather <axis = 0> (t, i0) k = Gather <axis = 0> (t, i1)
    w0, w1, w2 = Split <axis = 0> (t, ones) v = Squeeze (w2, axis0) a = Attention (q, k, v) ${join}`;
  const constants = [
    ints('five', 0, 0, 3, 2, 4),
    ints('ones', 1, 1, 1),
    ints('axis0', 0),
    'int64 i0 = {0}',
    'int64 i1 = {-2}',
    ints('flat', 0, 0, 8),
  ];
  const outcome = run(headSplit, graph(body, constants, 'float[B,L,24] x', 'float[B,L,8] y'), opset23);
  expect(nodes(outcome.after)).toMatch(/^\S+, \S+, \S+ = Split <axis: int = 2> \(x, \S+\)\n/);
  expect(nodes(outcome.after)).not.toContain('Gather');
  expectEqual(outcome);
});

test('lengths that come before the batch are exchanged with it', () => {
  const inputs = 'float[3,2,8] q, float[5,2,8] k, float[5,2,8] v';
  const constants = [
    ints('bq', 3, 4, 4),
    ints('bk', 5, 4, 4),
    ints('hq', 2, 2, 3, 4),
    ints('hk', 2, 2, 5, 4),
    ints('flat', 3, 2, 8),
  ];
  const split = (x: string, s: string): string =>
    `${x}a = Reshape (${x}, b${s}) ${x}b = Transpose <perm = [1, 0, 2]> (${x}a) ${x}t = Reshape (${x}b, h${s})`;
  const body = `${split('q', 'q')} ${split('k', 'k')} ${split('v', 'k')} a = Attention (qt, kt, vt) u = Transpose <perm = [2, 0, 1, 3]> (a) y = Reshape (u, flat)`;
  const outcome = run(headSplit, graph(body, constants, inputs, 'float[3,2,8] y'), opset23);
  expect(nodes(outcome.after)).toContain('Attention <q_num_heads: int = 2, kv_num_heads: int = 2>');
  expectEqual(outcome);
});

test('one query has nothing to transpose', () => {
  const one = [ints('six', 0, 6, 1, 4), ints('two', 0, 0, 2, 4), ints('flat', 0, 1, 24)];
  const body = `qt = Reshape (q, six) ${turn('k', 'two')} ${turn('v', 'two')} a = Attention (qt, kt, vt) y = Reshape (a, flat)`;
  const outcome = run(headSplit, graph(body, one, operands.replaceAll('L', '1'), 'float[B,1,24] y'), opset23);
  expect(nodes(outcome.after)).toContain('Attention <q_num_heads: int = 6, kv_num_heads: int = 2> (q, k, v)');
  expectEqual(outcome);
});

test('a cache stays by head, and what goes into it too', () => {
  const inputs = `${operands}, float[B,2,P,4] pk, float[B,2,P,4] pv`;
  const body = `${heads} a, nk, nv = Attention (qt, kt, vt, , pk, pv) ${join}`;
  const text = graph(body, sizes, inputs, 'float[B,L,24] y, float[B,2,T,4] nk, float[B,2,T,4] nv');
  const outcome = run(headSplit, text, opset23);
  expect(nodes(outcome.after)).toContain('(q, k, v, "", pk, pv)');
  expectEqual(outcome, {
    shapes: { q: [2, 3, 24], k: [2, 3, 8], v: [2, 3, 8], pk: [2, 2, 4, 4], pv: [2, 2, 4, 4] },
  });
});

test('heads of keys that come apart, and another order of axes, stay', () => {
  const inputs = 'float[B,L,24] q, float[B,2,S,4] k, float[B,S,8] v';
  const apart = `${turn('q', 'six')} ${turn('v', 'two')} a = Attention (qt, k, vt) ${join}`;
  expectUnchanged(headSplit, graph(apart, sizes, inputs), { ...opset23, reason: 'heads-are-apart' });
  const square = 'float[B,4,16] q, float[B,4,16] k, float[B,4,16] v';
  const four = [ints('four', 0, 0, 4, 4), ints('flat', 0, 0, 16)];
  const turned = ['q', 'k', 'v']
    .map((x) => turn(x, 'four'))
    .join(' ')
    .replace('[0, 2, 1, 3]> (kr)', '[0, 3, 1, 2]> (kr)');
  expectUnchanged(
    headSplit,
    graph(`${turned} a = Attention (qt, kt, vt) ${join}`, four, square, 'float[B,4,16] y'),
    opset23,
  );
});

const partial =
  'x1, x2 = Split <axis = -1> (x, part) t = RotaryEmbedding (x1, c, s) y = Concat <axis = -1> (t, x2)';
const tables = 'float[2,3,5,8] x, float[2,5,2] c, float[2,5,2] s';

test('a rotation of the first elements only', () => {
  expectNodes(
    rotaryPrefix,
    graph(partial, [ints('part', 4, 4)], tables, 'float[2,3,5,8] y'),
    'y = RotaryEmbedding <rotary_embedding_dim: int = 4> (x, c, s)',
    opset23,
  );
});

test('a rotation of the last elements stays', () => {
  const last = partial.replace('(x1, c, s)', '(x2, c, s)').replace('(t, x2)', '(x1, t)');
  expectUnchanged(rotaryPrefix, graph(last, [ints('part', 4, 4)], tables, 'float[2,3,5,8] y'), opset23);
  const swapped = partial.replace('(t, x2)', '(x2, t)');
  expectUnchanged(rotaryPrefix, graph(swapped, [ints('part', 4, 4)], tables, 'float[2,3,5,8] y'), opset23);
});
