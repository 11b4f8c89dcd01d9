import { expect, test } from 'vitest';
import {
  constant,
  expectEqual,
  expectNodes,
  expectUnchanged,
  ints,
  nodes,
  run,
  type Setting,
} from '../../test/support.ts';
import { boolMask } from './bool-mask.ts';
import { causalConstant } from './causal.ts';
import { foldScale } from './fold-scale.ts';
import { groupQueries } from './gqa.ts';
import { kvCache } from './kv-cache.ts';

const opset23: Setting = { opset: 23 };
const operands = 'float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,5,6] v';
const result = 'float[1,2,3,6] y';

const graph = (body: string, constants: readonly string[], inputs = operands, y = result): string =>
  `(${inputs}) => (${y}) ${constants.length > 0 ? `<${constants.join(', ')}>` : ''} { ${body} }`;

test('factors of queries and keys are part of the scale', () => {
  const c = [constant('c', [], [0.6]), constant('d', [1], [2])];
  const body = 'a = Mul (q, c) b = Div (k, d) y = Attention <scale = 1.0> (a, b, v)';
  expectNodes(foldScale, graph(body, c), 'y = Attention <scale: float = 0.3> (q, k, v)', opset23);
  const plain = 'a = Mul (q, d) y = Attention (a, k, v)';
  expectNodes(foldScale, graph(plain, c), 'y = Attention <scale: float = 1> (q, k, v)', opset23);
  const default_ = 'a = Mul (q, c) y = Attention <scale = 0.8333333> (a, k, v)';
  expectNodes(foldScale, graph(default_, c), 'y = Attention (q, k, v)', opset23);
});

test('a factor of keys that are handed on stays with them', () => {
  const inputs = `${operands}, float[1,2,4,4] pk, float[1,2,4,6] pv`;
  const body = 'b = Mul (k, d) y, e, f = Attention (q, b, v, , pk, pv)';
  expectUnchanged(foldScale, graph(body, [constant('d', [], [2])], inputs), {
    ...opset23,
    reason: 'keys-are-cached',
  });
});

test('a factor for each head is not a scale', () => {
  const c = [constant('c', [2, 1, 1], [1, 2])];
  expectUnchanged(foldScale, graph('a = Mul (q, c) y = Attention (a, k, v)', c), opset23);
});

const many = 'float[2,6,3,4] q, float[2,2,5,4] k, float[2,2,5,4] v';
const repeat = (x: string, by: string): string =>
  `${x}u = Unsqueeze (${x}, two) ${x}e = ${by} ${x}r = Reshape (${x}e, full)`;
const sizes = [ints('two', 2), ints('three', 1, 1, 3, 1, 1), ints('full', 0, 6, -1, 4)];

test.for([
  ['Expand', (x: string) => `Expand (${x}u, three)`],
  ['Tile', (x: string) => `Tile (${x}u, three)`],
] as const)('heads repeated in a row by %s are shared', ([, by]) => {
  const body = `${repeat('k', by('k'))} ${repeat('v', by('v'))} y = Attention (q, kr, vr)`;
  expectNodes(groupQueries, graph(body, sizes, many, 'float[2,6,3,4] y'), 'y = Attention (q, k, v)', opset23);
});

test('one head for all queries is shared', () => {
  const inputs = 'float[2,6,3,4] q, float[2,1,5,4] k, float[2,1,5,4] v';
  const body = 'a = Expand (k, six) b = Expand (v, six) y = Attention (q, a, b)';
  const text = graph(body, [ints('six', 1, 6, 1, 1)], inputs, 'float[2,6,3,4] y');
  expectNodes(groupQueries, text, 'y = Attention (q, k, v)', opset23);
});

test('heads that are repeated in turn, or keys alone, stay', () => {
  const turns = 'a = Tile (k, t) b = Tile (v, t) y = Attention (q, a, b)';
  const text = graph(turns, [ints('t', 1, 3, 1, 1)], many, 'float[2,6,3,4] y');
  expectUnchanged(groupQueries, text, opset23);
  const inner = `${repeat('k', 'Expand (ku, three)').replace('two)', 'one)')} ${repeat('v', 'Expand (vu, three)').replace('two)', 'one)')} y = Attention (q, kr, vr)`;
  const before = [ints('one', 1), ints('three', 1, 3, 1, 1, 1), ints('full', 0, 6, -1, 4)];
  expectUnchanged(groupQueries, graph(inner, before, many, 'float[2,6,3,4] y'), opset23);
});

const zero = constant('zero', [], [0]);

test('a mask of an infinity is its condition', () => {
  const body = 'm = Where (b, zero, low) y = Attention (q, k, v, m)';
  const inputs = `${operands}, bool[3,5] b`;
  const low = constant('low', [], ['-inf']);
  expectNodes(boolMask, graph(body, [zero, low], inputs), 'y = Attention (q, k, v, b)', opset23);
  const turned = body.replace('b, zero, low', 'b, low, zero');
  expectNodes(
    boolMask,
    graph(turned, [zero, low], inputs),
    ['Not = Not (b)', 'y = Attention (q, k, v, Not)'],
    opset23,
  );
  const finite = constant('low', [], [-10000]);
  expectUnchanged(boolMask, graph(body, [zero, finite], inputs), { ...opset23, reason: 'fill' });
});

const triangle = (rows: number, shift: number): string =>
  constant(
    'm',
    [rows, 5],
    Array.from({ length: rows * 5 }, (_, i) => (i % 5 > Math.floor(i / 5) + shift ? '-inf' : 0)),
  );

test('a mask above the diagonal is causality', () => {
  const text = graph('y = Attention (q, k, v, m)', [triangle(3, 0)]);
  expectNodes(causalConstant, text, 'y = Attention <is_causal: int = 1> (q, k, v)', opset23);
  const square = 'float[1,2,L,4] q, float[1,2,L,4] k, float[1,2,L,6] v';
  const body =
    'l = Shape <start = 2, end = 3> (q) n = Concat <axis = 0> (l, l) i = ConstantOfShape <value = float {-inf}> (n) m = Trilu (i, one) y = Attention (q, k, v, m)';
  const one = 'int64 one = {1}';
  const { after } = run(causalConstant, graph(body, [one], square, 'float[1,2,L,6] y'), opset23);
  expect(nodes(after)).toBe('y = Attention <is_causal: int = 1> (q, k, v)');
});

test.for([1, 2, -1])('a diagonal that is shifted by %i stays', (shift) => {
  const text = graph('y = Attention (q, k, v, m)', [triangle(3, shift)]);
  expectUnchanged(causalConstant, text, { ...opset23, reason: 'mask-not-causal' });
});

test('one row for all queries is not a triangle', () => {
  const text = graph('y = Attention (q, k, v, m)', [triangle(1, 0)]);
  expectUnchanged(causalConstant, text, { ...opset23, reason: 'mask-size' });
});

test('a scale that is not a positive number stays', () => {
  const body = 'a = Mul (q, c) y = Attention (a, k, v)';
  expectUnchanged(foldScale, graph(body, [constant('c', [], [-1])]), { ...opset23, reason: 'scale' });
  expectUnchanged(foldScale, graph(body, [constant('c', [], [0])]), { ...opset23, reason: 'scale' });
});

const cached = `${operands}, float[1,2,7,4] pk, float[1,2,7,6] pv`;
const append =
  'a = Concat <axis = 2> (pk, k) b = Concat <axis = -2> (pv, v) y = Attention <scale = 1.0> (q, a, b)';

test('keys and values of the past are appended by Attention', () => {
  expectNodes(
    kvCache,
    graph(append, [], cached, `${result}, float[1,2,12,4] a, float[1,2,12,6] b`),
    'y, a, b = Attention <scale: float = 1> (q, k, v, "", pk, pv)',
    opset23,
  );
});

test('attention that is causal, and a past of keys alone, stay', () => {
  const causal = append.replace('scale = 1.0', 'is_causal = 1');
  expectUnchanged(kvCache, graph(causal, [], cached), opset23);
  const keysAlone =
    'float[1,2,3,4] q, float[1,2,5,4] k, float[1,2,6,6] v, float[1,2,7,4] pk, float[1,2,6,6] pv';
  expectUnchanged(kvCache, graph(append, [], keysAlone), { ...opset23, reason: 'lengths-differ' });
});

test('a cache that is read before there are queries stays', () => {
  const early =
    'a = Concat <axis = 2> (pk, k) b = Concat <axis = 2> (pv, v) s = ReduceSum (a) r = Mul (q, s) y = Attention (r, a, b)';
  expectUnchanged(kvCache, graph(early, [], cached), { ...opset23, reason: 'not-dominated' });
  expectEqual(run(kvCache, graph(append, [], cached), opset23));
});
