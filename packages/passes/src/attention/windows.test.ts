import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectUnchanged,
  ints,
  nodes,
  run,
  type Setting,
  weight,
} from '../../test/support.ts';
import { flatSdpa } from './sdpa-flat.ts';
import { joinedSdpa } from './sdpa-joined.ts';
import { windowMasks } from './windows.ts';

const opset23: Setting = { opset: 23 };

/** Four windows in each sample, two heads, three places, size 4. */
const operands = 'float[8,2,3,4] q, float[8,2,3,4] k, float[8,2,3,4] v';
const body = `t = Transpose <perm = [0, 1, 3, 2]> (k) s = MatMul (q, t) a = Add (s, bias) r = Reshape (a, five)
  m = Add (r, windows) u = Reshape (m, four) p = Softmax <axis = -1> (u) y = MatMul (p, v)`;
const sizes = [ints('five', -1, 4, 2, 3, 3), ints('four', -1, 2, 3, 3)];
const bias = weight('bias', [1, 2, 3, 3]);

const graph = (windows: string, text = body, added = bias): string =>
  `(${operands}) => (float[8,2,3,4] y) <${[...sizes, added, windows].join(', ')}> { ${text} }`;

test('masks of windows become masks of heads', () => {
  const outcome = run(windowMasks, graph(weight('windows', [1, 4, 1, 3, 3])), opset23);
  expect(nodes(outcome.after)).toContain('Attention <scale: float = 1>');
  expect(nodes(outcome.after)).not.toContain('Softmax');
  expectEqual(outcome);
});

test('masks that differ from sample to sample, and windows that no key is seen in, stay', () => {
  expectUnchanged(windowMasks, graph(weight('windows', [2, 4, 1, 3, 3])), {
    ...opset23,
    reason: 'mask-size',
  });
  const closed = constant(
    'windows',
    [1, 4, 1, 3, 3],
    Array.from({ length: 36 }, (_, i) => (i < 3 ? '-inf' : 0)),
  );
  expectUnchanged(windowMasks, graph(closed), { ...opset23, reason: 'no-key-may-be-seen' });
});

const flat = (text: string, constants: readonly string[] = [constant('c', [], [0.3])]): string =>
  `(float[N,L,4] q, float[N,S,4] k, float[N,S,6] v) => (float[N,L,6] y) <${constants.join(', ')}> { ${text} }`;
const plain =
  't = Transpose <perm = [0, 2, 1]> (k) s = MatMul (q, t) d = Mul (s, c) p = Softmax <axis = -1> (d) y = MatMul (p, v)';

test('attention without heads has one', () => {
  const outcome = run(flatSdpa, flat(plain), opset23);
  expect(nodes(outcome.after)).toContain('Attention <scale: float = 0.3>');
  expectEqual(outcome);
});

test('a mask for each sample is not one for each head', () => {
  const masked = plain.replace('p = Softmax <axis = -1> (d)', 'e = Add (d, m) p = Softmax <axis = -1> (e)');
  const text = flat(masked, [constant('c', [], [0.3]), weight('m', [2, 3, 3])]);
  const outcome = run(
    flatSdpa,
    text.replaceAll('N', '2').replaceAll('[2,L', '[2,3').replaceAll('[2,S', '[2,3'),
    opset23,
  );
  expect(nodes(outcome.after)).toContain('Attention <scale: float = 0.3>');
  expectEqual(outcome);
});

test('a gate over experts is no attention', () => {
  const gate =
    '(float[N,L,4] x, float[4,3] w, float[N,3,6] v) => (float[N,L,6] y) { s = MatMul (x, w) p = Softmax <axis = -1> (s) y = MatMul (p, v) }';
  expectUnchanged(flatSdpa, gate, opset23);
});

const joined = (softmax: string, constants: readonly string[], inputs = ''): string =>
  `(float[2,3,4,5] q, float[2,3,6,5] k, float[2,3,6,7] v${inputs}) => (float[2,3,4,7] y) <${[ints('jq', 6, 4, 5), ints('jk', 6, 6, 5), ints('jv', 6, 6, 7), ints('jp', 6, 4, 6), ints('s4', 2, 3, 4, 6), ints('y4', 2, 3, 4, 7), ...constants].join(', ')}> {
    q3 = Reshape (q, jq) k3 = Reshape (k, jk) v3 = Reshape (v, jv) t = Transpose <perm = [0, 2, 1]> (k3)
    s = MatMul (q3, t) ${softmax} o = MatMul (p, v3) y = Reshape (o, y4) }`;

test('heads that are joined with the batch', () => {
  const plain = joined('a = Add (s, m) p = Softmax <axis = -1> (a)', [weight('m', [4, 6])]);
  const outcome = run(joinedSdpa, plain, opset23);
  expect(nodes(outcome.after)).toBe('y = Attention <scale: float = 1> (q, k, v, m)');
  expectEqual(outcome);
});

test('biases of joined heads are taken apart as the scores are', () => {
  const low = constant('low', [], ['-3.4028234663852886e38']);
  const body =
    'a = Add (s, m) h = Reshape (a, s4) w = Where (b, h, low) r = Softmax <axis = -1> (w) p = Reshape (r, jp)';
  // Every fifth key is hidden, so each query sees one.
  const kept = constant(
    'b',
    [2, 1, 4, 6],
    Array.from({ length: 48 }, (_, i) => (i % 5 === 0 ? 0 : 1)),
    'bool',
  );
  const outcome = run(joinedSdpa, joined(body, [weight('m', [6, 4, 6]), low, kept]), opset23);
  expect(nodes(outcome.after)).toMatch(/Reshape \(m, s4\)\nWhere = Where \(b, \S+, \S+\)\ny = Attention/);
  expectEqual(outcome);
});

test('a bias for each joined head has no axis of heads', () => {
  const body = 'a = Add (s, m) p = Softmax <axis = -1> (a)';
  expectUnchanged(joinedSdpa, joined(body, [weight('m', [6, 4, 6])]), { ...opset23, reason: 'mask-widens' });
});
