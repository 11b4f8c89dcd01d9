import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectNodes,
  expectUnchanged,
  nodes,
  run,
  type Setting,
  weight,
} from '../../test/support.ts';
import { sdpa } from './sdpa.ts';

const opset23: Setting = { opset: 23 };
/** 1 / sqrt(4). */
const half = constant('c', [], [0.5]);
const third = constant('c', [], [0.3]);
const two = constant('e', [1, 1], [2]);
const operands = 'float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,6] v';
const turn = 't = Transpose <perm = [0, 1, 3, 2]> (k)';

const graph = (
  body: string,
  constants: readonly string[] = [half],
  inputs = operands,
  y = '1,2,3,6',
): string =>
  `(${inputs}) => (float[${y}] y) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { ${body} }`;

const plain = `${turn} s = MatMul (q, t) d = Mul (s, c) p = Softmax <axis = -1> (d) y = MatMul (p, v)`;

test('scaled scores, Softmax and values are Attention; 1 / sqrt(size) is its own scale', () => {
  expectNodes(sdpa, graph(plain), 'y = Attention (q, k, v)', opset23);
  expectNodes(sdpa, graph(plain, [third]), 'y = Attention <scale: float = 0.3> (q, k, v)', opset23);
});

test.for([
  ['no scale at all', 's = MatMul (q, t) p = Softmax (s)', '<scale: float = 1> (q, k, v)'],
  ['a division', 's = MatMul (q, t) d = Div (s, e) p = Softmax (d)', '(q, k, v)'],
  [
    'a product on both sides',
    's = MatMul (q, t) d = Mul (s, e) f = Mul (c, d) p = Softmax (f)',
    '<scale: float = 1> (q, k, v)',
  ],
  ['scaled keys', 'u = Mul (t, c) s = MatMul (q, u) p = Softmax (s)', '(q, k, v)'],
  [
    'a cap before Softmax',
    's = MatMul (q, t) d = Mul (s, c) f = Div (d, e) g = Tanh (f) h = Mul (g, e) p = Softmax (h)',
    '<softcap: float = 2> (q, k, v)',
  ],
] as const)('%s', ([, body, call]) => {
  expectNodes(
    sdpa,
    graph(`${turn} ${body} y = MatMul (p, v)`, [half, two]),
    `y = Attention ${call}`,
    opset23,
  );
});

test('keys that come with their lengths first keep one Transpose', () => {
  const inputs = 'float[1,2,3,4] q, float[1,5,2,4] k, float[1,2,5,6] v';
  expectNodes(
    sdpa,
    graph(plain.replace('[0, 1, 3, 2]', '[0, 2, 3, 1]'), [half], inputs),
    ['Transpose = Transpose <perm: ints = [0, 2, 1, 3]> (k)', 'y = Attention (q, Transpose, v)'],
    opset23,
  );
});

test('keys that come turned are turned back', () => {
  const inputs = 'float[1,2,3,4] q, float[1,2,4,5] k, float[1,2,5,6] v';
  expectNodes(
    sdpa,
    graph(plain.replace(turn, 't = Relu (k)'), [half], inputs),
    [
      't = Relu (k)',
      'Transpose = Transpose <perm: ints = [0, 1, 3, 2]> (t)',
      'y = Attention (q, Transpose, v)',
    ],
    opset23,
  );
});

test('keys that are turned head by head', () => {
  const shapes = ['int64[3] flat = {2,5,4}', 'int64[4] full = {1,2,4,5}'];
  const turned = 'r = Reshape (k, flat) u = Transpose <perm = [0, 2, 1]> (r) t = Reshape (u, full)';
  expectNodes(
    sdpa,
    graph(plain.replace(turn, turned), [half, ...shapes]),
    'y = Attention (q, k, v)',
    opset23,
  );
});

const masked = plain.replace('p = Softmax <axis = -1> (d)', 'a = Add (d, m) p = Softmax <axis = -1> (a)');

/** A mask of numbers from a condition, which hides by the lowest number. */
const soft = (dims: string): readonly [string, string] => [`bool[${dims}] b`, 'm = Where (b, zero, low)'];
const zero = constant('zero', [], [0]);
const low = constant('low', [], ['-3.4028234663852886e38']);
const infinite = constant('low', [], ['-inf']);

test.for(['3,5', '1,1,3,5', '1,2,3,5', '2,3,5'])('an added mask [%s] is passed on', (dims) => {
  const [input, mask] = soft(dims);
  expectNodes(
    sdpa,
    graph(`${mask} ${masked}`, [half, zero, low], `${operands}, ${input}`),
    ['m = Where (b, zero, low)', 'y = Attention (q, k, v, m)'],
    opset23,
  );
});

test('masks are added to one another', () => {
  const body = masked.replace('p = Softmax', 'f = Add (w, a) p = Softmax').replace('(a) y', '(f) y');
  const [input, mask] = soft('1,1,3,5');
  expectNodes(
    sdpa,
    graph(`${mask} ${body}`, [half, zero, low, weight('w', [2, 3, 5])], `${operands}, ${input}`),
    ['m = Where (b, zero, low)', 'Add = Add (w, m)', 'y = Attention (q, k, v, Add)'],
    opset23,
  );
});

test('a mask for all queries is written out, as runtimes ask for it', () => {
  const [input, mask] = soft('1,1,1,5');
  const { after } = run(
    sdpa,
    graph(`${mask} ${masked}`, [half, zero, low], `${operands}, ${input}`),
    opset23,
  );
  expect(nodes(after)).toBe(
    'm = Where (b, zero, low)\nExpand = Expand (m, _v)\ny = Attention (q, k, v, Expand)'.replace(
      '_v',
      nameOfShape(nodes(after)),
    ),
  );
  const inputs = `float[B,2,L,4] q, float[B,2,S,4] k, float[B,2,S,6] v, bool[B,1,1,S] b`;
  const open = run(sdpa, graph(`${mask} ${masked}`, [half, zero, low], inputs, 'B,2,L,6'), opset23);
  expect(nodes(open.after)).toContain('Concat');
  expectEqual(open);
});

const nameOfShape = (text: string): string => /Expand \(m, (\S+)\)/.exec(text)?.[1] ?? '';

test('symbolic sizes agree when they are the same symbol', () => {
  const inputs = 'float[B,2,L,4] q, float[B,2,S,4] k, float[B,2,S,6] v, bool[B,1,L,S] b';
  expectNodes(
    sdpa,
    graph(`${soft('')[1]} ${masked}`, [half, zero, low], inputs, 'B,2,L,6'),
    ['m = Where (b, zero, low)', 'y = Attention (q, k, v, m)'],
    opset23,
  );
});

const hidden = (fill: string, guard: string): string =>
  graph(
    `${turn} s = MatMul (q, t) d = Mul (s, c) h = Where (b, d, low) p = Softmax <axis = -1> (h) ${guard}`,
    [half, zero, fill],
    `${operands}, bool[1,1,3,5] b`,
  );

test('scores that are hidden behind the lowest number get a mask of numbers, where a key is left', () => {
  expectUnchanged(sdpa, hidden(low, 'y = MatMul (p, v)'), { ...opset23, reason: 'no-key-may-be-seen' });
  const kept = constant('b', [1, 1, 3, 5], [1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1], 'bool');
  const known = hidden(low, 'y = MatMul (p, v)')
    .replace(', bool[1,1,3,5] b', '')
    .replace('> {', `, ${kept}> {`);
  const { after } = run(sdpa, known, opset23);
  expect(nodes(after)).toMatch(/^Where = Where \(b, \S+, \S+\)\ny = Attention \(q, k, v, Where\)$/);
});

test.for([
  ['NaN is replaced', 'n = IsNaN (p) g = Where (n, zero, p) y = MatMul (g, v)'],
  ['hidden weights are zeroed', 'g = Where (b, p, zero) y = MatMul (g, v)'],
])('an infinity may hide all keys where %s', ([, guard]) => {
  expectNodes(sdpa, hidden(infinite, guard ?? ''), 'y = Attention (q, k, v, b)', opset23);
});

test('weights that are zeroed in other places than the hidden ones stay', () => {
  const body = `${turn} s = MatMul (q, t) d = Mul (s, c) h = Where (b, d, low) p = Softmax <axis = -1> (h) g = Where (o, zero, p) y = MatMul (g, v)`;
  const text = graph(body, [half, zero, infinite], `${operands}, bool[1,1,3,5] b, bool[1,1,3,5] o`);
  expectUnchanged(sdpa, text, { ...opset23, exactness: 'approximate' });
});

test('an infinity that may hide all keys gives NaN, but zeros in Attention: approximate', () => {
  const model = hidden(infinite, 'y = MatMul (p, v)');
  expectUnchanged(sdpa, model, { ...opset23, reason: 'no-key-may-be-seen' });
  const { after } = run(sdpa, model, { ...opset23, exactness: 'approximate' });
  expect(nodes(after)).toBe('y = Attention (q, k, v, b)');
});

test('a mask from outside may hold rows of infinities', () => {
  expectUnchanged(sdpa, graph(masked, [half], `${operands}, float[3,5] m`), {
    ...opset23,
    reason: 'no-key-may-be-seen',
  });
  const rows = (first: string): string => constant('m', [3, 5], [first, ...new Array<string>(14).fill('0')]);
  expectNodes(sdpa, graph(masked, [half, rows('-inf')]), 'y = Attention (q, k, v, m)', opset23);
  const closed = constant(
    'm',
    [3, 5],
    Array.from({ length: 15 }, (_, i) => (i < 5 ? '-inf' : '0')),
  );
  expectUnchanged(sdpa, graph(masked, [half, closed]), { ...opset23, reason: 'no-key-may-be-seen' });
});

test('two masks of the lowest number are an infinity where both hide', () => {
  const [input, mask] = soft('1,1,3,5');
  const twice = `${mask} g = Add (m, m) ${masked.replace('Add (d, m)', 'Add (d, g)')}`;
  expectUnchanged(sdpa, graph(twice, [half, zero, low], `${operands}, ${input}`), {
    ...opset23,
    reason: 'no-key-may-be-seen',
  });
});

test('scores hidden behind an ordinary number are not hidden', () => {
  expectUnchanged(sdpa, hidden(constant('low', [], [-10000]), 'y = MatMul (p, v)'), {
    ...opset23,
    reason: 'fill',
  });
});

test.for([
  ['widens the batch', '2,1,3,5', '2,2,3,6', 'mask-widens'],
  ['has other keys', '1,2,3,1', '1,2,3,6', 'no-key-may-be-seen'],
] as const)('a mask that %s stays', ([, dims, y, reason]) => {
  expectUnchanged(sdpa, graph(masked, [half], `${operands}, float[${dims}] m`, y), { ...opset23, reason });
});

test('batches and heads that broadcast stay: Attention shares heads another way', () => {
  const inputs = 'float[1,2,3,4] q, float[1,1,5,4] k, float[1,2,5,6] v';
  expectUnchanged(sdpa, graph(plain, [half], inputs), { ...opset23, reason: 'sizes-may-broadcast' });
  const open = 'float[B,2,3,4] q, float[C,2,5,4] k, float[C,2,5,6] v';
  expectUnchanged(sdpa, graph(plain, [half], open, 'D,2,3,6'), { ...opset23, reason: 'sizes-may-broadcast' });
});

test('Softmax along another axis is not attention', () => {
  expectUnchanged(sdpa, graph(plain.replace('axis = -1', 'axis = -2')), opset23);
});

test('a scale for each head goes onto the queries; one for each key does not', () => {
  expectNodes(
    sdpa,
    graph(plain, [weight('c', [2, 1, 1])]),
    ['Mul = Mul (q, c)', 'y = Attention <scale: float = 1> (Mul, k, v)'],
    opset23,
  );
  expectUnchanged(sdpa, graph(plain, [weight('c', [1, 5])]), { ...opset23, reason: 'scale-widens' });
});

test('a number that is divided by the scores stays', () => {
  expectUnchanged(sdpa, graph(plain.replace('Mul (s, c)', 'Div (c, s)')), opset23);
});

test('a mask that is added before scaling, before the cap, or after Softmax, stays', () => {
  const inputs = `${operands}, float[3,5] m`;
  const before = `${turn} s = MatMul (q, t) a = Add (s, m) d = Mul (a, c) p = Softmax <axis = -1> (d) y = MatMul (p, v)`;
  expectUnchanged(sdpa, graph(before, [half], inputs), opset23);
  const capped = `${turn} s = MatMul (q, t) a = Add (s, m) f = Div (a, c) g = Tanh (f) h = Mul (g, c) p = Softmax <axis = -1> (h) y = MatMul (p, v)`;
  expectUnchanged(sdpa, graph(capped, [half], inputs), opset23);
  const after = `${turn} s = MatMul (q, t) d = Mul (s, c) p = Softmax <axis = -1> (d) a = Add (p, m) y = MatMul (a, v)`;
  expectUnchanged(sdpa, graph(after, [half], inputs), opset23);
});

test('a mask that is taken away stays', () => {
  expectUnchanged(
    sdpa,
    graph(masked.replace('Add (d, m)', 'Sub (d, m)'), [half], `${operands}, float[3,5] m`),
    opset23,
  );
});

test('attention weights that something else reads stay', () => {
  expectUnchanged(
    sdpa,
    `(${operands}) => (float[1,2,3,6] y, float[1,2,3,5] p) <${half}> { ${plain} }`,
    opset23,
  );
});

test('Softmax in float32 between casts is told to Attention', () => {
  const inputs = 'float16[1,2,3,4] q, float16[1,2,5,4] k, float16[1,2,5,6] v';
  const body = `${turn} s = MatMul (q, t) d = Mul (s, c) u = Cast <to = 1> (d) p = Softmax <axis = -1> (u) r = Cast <to = 10> (p) y = MatMul (r, v)`;
  const model = `(${inputs}) => (float16[1,2,3,6] y) <${constant('c', [], [0.5], 'float16')}> { ${body} }`;
  const { after } = run(sdpa, model, opset23);
  expect(nodes(after)).toBe('y = Attention <softmax_precision: int = 1> (q, k, v)');
});

test('before opset 23 there is no Attention', () => {
  expectUnchanged(sdpa, graph(plain), { opset: 22, reason: 'op-not-in-opset' });
});
