import { test } from 'vitest';
import { constant, expectNodes, expectUnchanged, type Setting, weight } from '../../test/support.ts';
import { foldAttention } from './attention.ts';

const opset23: Setting = { opset: 23 };
const half = constant('c', [], [0.5]);
const operands = 'float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,6] v';
const turn = 't = Transpose <perm = [0, 1, 3, 2]> (k)';

const graph = (
  nodes: string,
  constants: readonly string[] = [half],
  inputs = operands,
  y = '1,2,3,6',
): string =>
  `(${inputs}) => (float[${y}] y) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { ${nodes} }`;

const plain = `${turn} s = MatMul (q, t) d = Mul (s, c) p = Softmax <axis = -1> (d) y = MatMul (p, v)`;

test('scaled scores, Softmax and values are Attention', () => {
  expectNodes(foldAttention, graph(plain), 'y = Attention <scale: float = 0.5> (q, k, v)', opset23);
});

test.for([
  ['no scale at all', 's = MatMul (q, t) p = Softmax (s)', '1'],
  ['a division', 's = MatMul (q, t) d = Div (s, e) p = Softmax (d)', '0.5'],
  ['scaled queries', 'r = Mul (c, q) s = MatMul (r, t) p = Softmax (s)', '0.5'],
  ['divided queries', 'r = Div (q, e) s = MatMul (r, t) p = Softmax (s)', '0.5'],
  ['queries and keys scaled', 'r = Mul (q, c) u = Mul (t, e) s = MatMul (r, u) p = Softmax (s)', '1'],
] as const)('%s', ([, nodes, scale]) => {
  const e = constant('e', [1, 1], [2]);
  expectNodes(
    foldAttention,
    graph(`${turn} ${nodes} y = MatMul (p, v)`, [half, e]),
    `y = Attention <scale: float = ${scale}> (q, k, v)`,
    opset23,
  );
});

test('keys that come with their lengths first keep one Transpose', () => {
  const inputs = 'float[1,2,3,4] q, float[1,5,2,4] k, float[1,2,5,6] v';
  expectNodes(
    foldAttention,
    graph(plain.replace('[0, 1, 3, 2]', '[0, 2, 3, 1]'), [half], inputs),
    [
      'Transpose = Transpose <perm: ints = [0, 2, 1, 3]> (k)',
      'y = Attention <scale: float = 0.5> (q, Transpose, v)',
    ],
    opset23,
  );
});

const masked = plain.replace('p = Softmax <axis = -1> (d)', 'a = Add (d, m) p = Softmax <axis = -1> (a)');

test.for(['3,5', '1,1,3,5', '1,2,3,5'])('an added mask [%s] is passed on', (dims) => {
  expectNodes(
    foldAttention,
    graph(masked, [half], `${operands}, float[${dims}] m`),
    'y = Attention <scale: float = 0.5> (q, k, v, m)',
    opset23,
  );
});

test('symbolic sizes agree when they are the same symbol', () => {
  const inputs = 'float[B,2,L,4] q, float[B,2,S,4] k, float[B,2,S,6] v, float[B,1,L,S] m';
  expectNodes(
    foldAttention,
    graph(masked, [half], inputs, 'B,2,L,6'),
    'y = Attention <scale: float = 0.5> (q, k, v, m)',
    opset23,
  );
});

test.for([
  ['widens the batch', '2,1,3,5', '2,2,3,6', 'mask-widens'],
  ['is one for all keys', '1,1,3,1', '1,2,3,6', 'mask-size'],
  ['is one for all queries', '1,1,1,5', '1,2,3,6', 'mask-size'],
  ['has rank 3', '2,3,5', '1,2,3,6', 'mask-rank'],
] as const)('a mask that %s stays', ([, dims, y, reason]) => {
  expectUnchanged(foldAttention, graph(masked, [half], `${operands}, float[${dims}] m`, y), {
    ...opset23,
    reason,
  });
});

test('batches and heads that broadcast stay: Attention shares heads another way', () => {
  const inputs = 'float[1,2,3,4] q, float[1,1,5,4] k, float[1,2,5,6] v';
  expectUnchanged(foldAttention, graph(plain, [half], inputs), { ...opset23, reason: 'sizes-may-broadcast' });
  const open = 'float[B,2,3,4] q, float[C,2,5,4] k, float[C,2,5,6] v';
  expectUnchanged(foldAttention, graph(plain, [half], open, 'D,2,3,6'), {
    ...opset23,
    reason: 'sizes-may-broadcast',
  });
});

test('Softmax along another axis is not attention', () => {
  expectUnchanged(foldAttention, graph(plain.replace('axis = -1', 'axis = -2')), opset23);
});

test('keys that are not turned, or turned otherwise, stay', () => {
  const square = 'float[1,4,4,4] q, float[1,4,4,4] k, float[1,4,4,4] v';
  const unturned = plain.replace(turn, 't = Relu (k)');
  expectUnchanged(foldAttention, graph(unturned, [half], square, '1,4,4,4'), opset23);
  const heads = plain.replace('[0, 1, 3, 2]', '[0, 3, 2, 1]');
  expectUnchanged(foldAttention, graph(heads, [half], square, '1,4,4,4'), opset23);
});

test('a scale a head, and one that divides by the scores, stay', () => {
  expectUnchanged(foldAttention, graph(plain, [weight('c', [2, 1, 1])]), opset23);
  expectUnchanged(foldAttention, graph(plain.replace('Mul (s, c)', 'Div (c, s)')), opset23);
});

test('a mask that is added before scaling, or after Softmax, stays', () => {
  const before = `${turn} s = MatMul (q, t) a = Add (s, m) d = Mul (a, c) p = Softmax <axis = -1> (d) y = MatMul (p, v)`;
  expectUnchanged(foldAttention, graph(before, [half], `${operands}, float[3,5] m`), opset23);
  const after = `${turn} s = MatMul (q, t) d = Mul (s, c) p = Softmax <axis = -1> (d) a = Add (p, m) y = MatMul (a, v)`;
  expectUnchanged(foldAttention, graph(after, [half], `${operands}, float[3,5] m`), opset23);
});

test('attention weights that something else reads stay', () => {
  const both = `(${operands}) => (float[1,2,3,6] y, float[1,2,3,5] p) <${half}> { ${plain} }`;
  expectUnchanged(foldAttention, both, opset23);
});

test('before opset 23 there is no Attention', () => {
  expectUnchanged(foldAttention, graph(plain), { opset: 22, reason: 'op-not-in-opset' });
});
