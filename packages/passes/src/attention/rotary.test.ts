import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectNodes,
  expectUnchanged,
  ints,
  nodes,
  type Outcome,
  run,
  type Setting,
} from '../../test/support.ts';
import { rotaryHalves } from './rotary-half.ts';
import { rotaryPairs } from './rotary-interleaved.ts';
import { rotaryPositions } from './rotary-positions.ts';

const opset23: Setting = { opset: 23 };
const angles =
  'd = Concat <axis = -1> (f, f) g = Cos (d) h = Sin (d) c = Unsqueeze (g, o) s = Unsqueeze (h, o)';
const turned = 'a, b = Split <axis = -1> (x, t) n = Neg (b) r = Concat <axis = -1> (n, a)';
const sum = 'p = Mul (x, c) q = Mul (r, s) y = Add (p, q)';

const graph = (nodes: string, inputs = 'float[2,2,3,4] x, float[2,3,2] f', y = 'float[2,2,3,4] y'): string =>
  `(${inputs}) => (${y}) <${ints('o', 1)}, ${ints('t', 2, 2)}> { ${nodes} }`;

const expectChanged = (text: string): Outcome => {
  const outcome = run(rotaryHalves, text, opset23);
  expectEqual(outcome);
  return outcome;
};

const folded = ['Cos = Cos (f)', 'Sin = Sin (f)', 'y = RotaryEmbedding (x, Cos, Sin)'];

test('halves that are turned by shared angles are RotaryEmbedding', () => {
  expectNodes(rotaryHalves, graph(`${angles} ${turned} ${sum}`), folded, opset23);
  const commuted = 'p = Mul (c, x) q = Mul (s, r) y = Add (q, p)';
  expectNodes(rotaryHalves, graph(`${angles} ${turned} ${commuted}`), folded, opset23);
});

test('symbolic sizes agree when they are the same symbol', () => {
  const inputs = 'float[B,2,L,4] x, float[B,L,2] f';
  expectNodes(rotaryHalves, graph(`${angles} ${turned} ${sum}`, inputs, 'float[B,2,L,4] y'), folded, opset23);
});

test('angles that are one for all samples are written out: the operator does not broadcast', () => {
  const inputs = 'float[2,2,3,4] x, float[1,3,2] f';
  const { after } = run(rotaryHalves, graph(`${angles} ${turned} ${sum}`, inputs), opset23);
  expect(nodes(after).match(/Expand/g)?.length).toBeGreaterThanOrEqual(2);
  expect(nodes(after)).toContain('y = RotaryEmbedding (x,');
  const open = run(
    rotaryHalves,
    graph(`${angles} ${turned} ${sum}`, 'float[B,2,L,4] x, float[1,L,2] f', 'float[B,2,L,4] y'),
    opset23,
  );
  expect(nodes(open.after)).toContain('y = RotaryEmbedding (x,');
  expectEqual(open);
});

test('tables may be constants, products with a number, and rows of constants', () => {
  const tables = [
    constant('cc', [5, 4], [1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8, 9, 0, 9, 0]),
    constant('ss', [5, 4], [4, 3, 4, 3, 2, 1, 2, 1, 0, 9, 0, 9, 8, 7, 8, 7, 6, 5, 6, 5]),
    constant('k', [], [1.5]),
  ];
  const body = `g = Gather (cc, i) h = Gather (ss, i) u = Mul (g, k) c = Unsqueeze (u, o) s = Unsqueeze (h, o) ${turned} ${sum}`;
  const text = graph(body, 'float[2,2,3,4] x, int64[2,3] i').replace('> {', `, ${tables.join(', ')}> {`);
  const outcome = run(
    rotaryHalves,
    text
      .replace('int64[2,3] i', 'int64[2,3] j')
      .replace(' { ', ' { i = Clip (j, lo, hi) ')
      .replace('> {', ', int64 lo = {0}, int64 hi = {4}> {'),
    opset23,
  );
  expect(nodes(outcome.after)).toContain('y = RotaryEmbedding (x,');
  expectEqual(outcome);
});

test('constant tables of interleaved angles are not halves', () => {
  const table = (name: string) => constant(name, [1, 1, 3, 4], [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
  const text = graph(`${turned} ${sum}`, 'float[2,2,3,4] x').replace(
    '> {',
    `, ${table('c')}, ${table('s')}> {`,
  );
  expectUnchanged(rotaryHalves, text, { ...opset23, reason: 'halves-may-differ' });
});

test('heads that come after the positions are turned side by side', () => {
  const inputs = 'float[2,3,2,4] x, float[2,3,2] f';
  const late = graph(`${angles} ${turned} ${sum}`, inputs, 'float[2,3,2,4] y').replace('o = {1}', 'o = {2}');
  const { after } = expectChanged(late);
  expect(nodes(after)).toContain('RotaryEmbedding <num_heads: int = 2>');
});

test.for([
  ['halves that are not swapped', turned.replace('(n, a)', '(n, b)'), sum],
  ['the first half negated', turned.replace('Neg (b)', 'Neg (a)').replace('(n, a)', '(b, n)'), sum],
  ['a difference', turned, sum.replace('Add', 'Sub')],
] as const)('%s: another rotation', ([, half, rest]) => {
  expectUnchanged(rotaryHalves, graph(`${angles} ${half} ${rest}`), opset23);
});

test('the caches are whatever stands in their places', () => {
  const swapped = sum.replace('(x, c)', '(x, s)').replace('(r, s)', '(r, c)');
  const { after } = expectChanged(graph(`${angles} ${turned} ${swapped}`));
  expect(nodes(after)).toContain('y = RotaryEmbedding (x, Sin, Cos)');
});

test('the halves of something else, and angles that differ, stay', () => {
  const other = 'float[2,2,3,4] x, float[2,2,3,4] w, float[2,3,2] f';
  expectUnchanged(
    rotaryHalves,
    graph(`${angles} ${turned.replace('(x, t)', '(w, t)')} ${sum}`, other),
    opset23,
  );
  const two = 'float[2,2,3,4] x, float[2,3,2] f, float[2,3,2] e';
  expectUnchanged(
    rotaryHalves,
    graph(`${angles.replace('(f, f)', '(f, e)')} ${turned} ${sum}`, two),
    opset23,
  );
});

test('parts that are not halves stay', () => {
  const uneven = graph(`${angles} ${turned} ${sum}`).replace('t = {2,2}', 't = {1,3}');
  expectUnchanged(rotaryHalves, uneven, opset23);
});

test('before opset 23 there is no RotaryEmbedding', () => {
  expectUnchanged(rotaryHalves, graph(`${angles} ${turned} ${sum}`), {
    opset: 22,
    reason: 'op-not-in-opset',
  });
});

test('halves that are turned apart', () => {
  const body = `a, b = Split <axis = -1> (x, t) p = Mul (a, c) q = Mul (s, b) r = Sub (p, q)
    u = Mul (b, c) v = Mul (a, s) w = Add (v, u) y = Concat <axis = -1> (r, w)`;
  const inputs = 'float[2,2,3,4] x, float[2,1,3,2] c, float[2,1,3,2] s';
  const { after } = expectChanged(graph(body, inputs));
  expect(nodes(after)).toMatch(/y = RotaryEmbedding \(x, \S+, \S+\)$/);
  expectUnchanged(rotaryHalves, graph(body.replace('(r, w)', '(w, r)'), inputs), opset23);
  expectUnchanged(rotaryHalves, graph(body.replace('Sub (p, q)', 'Add (p, q)'), inputs), opset23);
});

const places =
  'int64[5] five = {0,0,0,2,2}, int64 i0 = {0}, int64 i1 = {1}, int64[1] l = {-1}, int64[4] four = {0,0,0,4}, int64[1] z = {0}, int64[1] k1 = {1}, int64[1] big = {9223372036854775807}, int64[1] two = {2}, int64[2] ones = {1,1}';
const turn = `p = Mul (a, c) q = Mul (s, b) r = Sub (p, q) u = Mul (b, c) v = Mul (a, s) w = Add (v, u)
  r5 = Unsqueeze (r, l) w5 = Unsqueeze (w, l) e = Concat <axis = -1> (r5, w5) y = Reshape (e, four)`;
const tables = 'float[2,2,3,4] x, float[1,1,3,2] c, float[1,1,3,2] s';

test.for([
  ['strides', 'a = Slice (x, z, big, l, two) b = Slice (x, k1, big, l, two)'],
  ['Gather', 'x5 = Reshape (x, five) a = Gather <axis = -1> (x5, i0) b = Gather <axis = -1> (x5, i1)'],
  [
    'Split',
    'x5 = Reshape (x, five) a5, b5 = Split <axis = -1> (x5, ones) a = Squeeze (a5, l) b = Squeeze (b5, l)',
  ],
])('neighbours that are turned, by %s', ([, take]) => {
  const text = (body: string): string => `(${tables}) => (float[2,2,3,4] y) <${places}> { ${take} ${body} }`;
  const outcome = run(rotaryPairs, text(turn), opset23);
  expect(nodes(outcome.after)).toContain('RotaryEmbedding <interleaved: int = 1> (x,');
  expectEqual(outcome);
  expectUnchanged(rotaryPairs, text(turn.replace('(r5, w5)', '(w5, r5)')), opset23);
});

test('neighbours that are put together as halves stay', () => {
  const body = `a = Slice (x, z, big, l, two) b = Slice (x, k1, big, l, two) ${turn.replace(/r5 = .*/s, 'y = Concat <axis = -1> (r, w)')}`;
  expectUnchanged(rotaryPairs, `(${tables}) => (float[2,2,3,4] y) <${places}> { ${body} }`, opset23);
});

test('rows of tables are looked up by RotaryEmbedding', () => {
  const body = 'i = Clip (j, lo, hi) g = Gather (cc, i) h = Gather (ss, i) y = RotaryEmbedding (x, g, h)';
  const cells = constant('cc', [3, 2], [1, 2, 3, 4, 5, 6]);
  const text = `(float[2,2,3,4] x, int64[2,3] j) => (float[2,2,3,4] y) <${cells}, ${cells.replace('cc', 'ss')}, int64 lo = {0}, int64 hi = {2}> { ${body} }`;
  expectNodes(rotaryPositions, text, ['i = Clip (j, lo, hi)', 'y = RotaryEmbedding (x, cc, ss, i)'], opset23);
  const apart = text
    .replace('Gather (ss, i)', 'Gather (ss, k)')
    .replace('int64 lo', 'int64[2,3] k = {0,1,2,2,1,0}, int64 lo');
  expectUnchanged(rotaryPositions, apart, opset23);
});
