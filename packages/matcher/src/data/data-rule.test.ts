import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apply, model, printed, text } from '../../test/support.ts';
import { parseRules } from './load.ts';

const example = (name: string) =>
  parseRules(readFileSync(new URL(`../../../../docs/examples/${name}.rules`, import.meta.url), 'utf8'), name);

/** What the rules make of a graph, and why they did not. */
function made(graph: string, rules: ReturnType<typeof parseRules>, opset = 20) {
  const m = model(graph, opset);
  const { applied, refused } = apply(m, rules);
  return { applied, refused, text: text(m) };
}

function staysAs(graph: string, rules: ReturnType<typeof parseRules>, opset = 20): void {
  const after = made(graph, rules, opset);
  expect(after.applied).toEqual({});
  expect(after.text).toBe(printed(graph, opset));
}

const gelu = example('gelu-erf');
const geluGraph = (nodes: string, root = Math.SQRT2): string =>
  `(float[2] x, float[2] z) => (float[2] y) <float s = {${root}}, float h = {0.5}, float o = {1}> { ${nodes} }`;

test.for([
  'd = Div (x, s) e = Erf (d) a = Add (e, o) m = Mul (x, a) y = Mul (m, h)',
  'd = Div (x, s) e = Erf (d) a = Add (o, e) m = Mul (a, h) y = Mul (m, x)',
  'k = Mul (x, h) d = Div (x, s) e = Erf (d) a = Add (e, o) y = Mul (a, k)',
])('Gelu in any order: %s', (nodes) => {
  expect(made(geluGraph(nodes), gelu).text).toMatch(/ y = Gelu <approximate: string = "none"> \(x\) }$/);
});

test.for([
  [
    'another constant',
    geluGraph(
      'd = Div (x, s) e = Erf (d) a = Add (e, o) m = Mul (x, a) y = Mul (m, h)',
      Math.SQRT2 * (1 + 2e-6),
    ),
  ],
  ['another gate', geluGraph('d = Div (z, s) e = Erf (d) a = Add (e, o) m = Mul (x, a) y = Mul (m, h)')],
  [
    'a factor too many',
    geluGraph('d = Div (x, s) e = Erf (d) a = Add (e, o) m = Mul (x, a) n = Mul (m, x) y = Mul (n, h)'),
  ],
] as const)('Gelu: %s stays', ([, graph]) => staysAs(graph, gelu));

test('an operator that the opset lacks is not emitted', () => {
  const graph = geluGraph('d = Div (x, s) e = Erf (d) a = Add (e, o) m = Mul (x, a) y = Mul (m, h)');
  expect(made(graph, gelu, 19).refused).toEqual({
    'act/gelu-erf': { 'op-not-in-opset': expect.any(Number) },
  });
});

const convBn = example('conv-bn');
const bnGraph = (nodes: string, more = ''): string => `(float[1,2,3] x) => (float[1,2,3] y${more})
  <float[2,2,1] w = {1, 2, 3, 4}, float[2] b = {1, 2}, float[2] s = {2, 3}, float[2] t = {0.5, 1},
   float[2] m = {1, 1}, float[2] v = {4, 9}, float[2] neg = {-1, 1}> { ${nodes} }`;
const bn = (attributes = 'epsilon = 0.0'): string => `y = BatchNormalization <${attributes}> (c, s, t, m, v)`;

test('weights are scaled channel by channel, and the node keeps its other parameters', () => {
  // k = [2 / 2, 3 / 3], so only the bias changes: (b - m) k + t.
  const after = made(bnGraph(`c = Conv <group = 1, pads = [0, 0]> (x, w, b) ${bn()}`), convBn).text;
  expect(after).toContain('y = Conv <group: int = 1, pads: ints = [0, 0]>');
  expect(after).toMatch(/b\w* = \{0\.5,2\}/);
});

test('a bias that is not given counts as zero', () => {
  const after = made(bnGraph(`c = Conv (x, w) ${bn()}`), convBn).text;
  expect(after).toMatch(/= \{-0\.5,0\}/);
});

test.for([
  ['training', bnGraph(`c = Conv (x, w, b) ${bn('training_mode = 1')}`)],
  ['a second reader', bnGraph(`c = Conv (x, w, b) ${bn()}`, ', float[1,2,3] c')],
  [
    'a weight that is computed',
    bnGraph(`r = Relu (x) q = ReduceSum <keepdims = 1> (r) u = Mul (w, q) c = Conv (x, u, b) ${bn()}`),
  ],
] as const)('BatchNormalization: %s stays', ([, graph]) => staysAs(graph, convBn));

test('numbers that are not finite are not folded', () => {
  const graph = bnGraph(`c = Conv (x, w, b) y = BatchNormalization <epsilon = 0.0> (c, s, t, m, neg)`);
  expect(made(graph, convBn).refused).toEqual({
    'linear/conv-bn': { 'fold-not-finite': expect.any(Number) },
  });
});

const parallel = example('parallel-matmul');
const weights = 'float[2,1] a = {1, 2}, float[2,3] b = {1, 2, 3, 4, 5, 6}, double[2,1] d = {1, 2}';
const products = (nodes: string, ins = 'float[N,2] x', outs = 'p, q'): string =>
  `(${ins}) => (${outs}) <${weights}> { ${nodes} }`;

test('two products become one, and its parts', () => {
  const after = made(products('p = MatMul (x, a) q = MatMul (x, b)'), parallel).text;
  expect(after).toMatch(/= \{1,1,2,3,2,4,5,6\}/);
  expect(after).toMatch(/(\S+) = MatMul \(x, (\S+)\) p, q = Split <axis: int = -1> \(\1, \S+\) }$/);
});

test.for([
  ['one of them feeds the other', products('p = MatMul (x, a) t = Mul (x, p) q = MatMul (t, b)')],
  ['different operands', products('p = MatMul (x, a) q = MatMul (z, b)', 'float[N,2] x, float[N,2] z')],
] as const)('parallel products: %s', ([, graph]) => staysAs(graph, parallel));

test('an opset where the sizes are an attribute has another Split', () => {
  const { applied, refused } = made(products('p = MatMul (x, a) q = MatMul (x, b)'), parallel, 12);
  expect([applied, refused]).toEqual([
    {},
    { 'linear/parallel-matmul': { 'op-not-in-opset': expect.any(Number) } },
  ]);
});

const layerNorm = parseRules(`
rule norm/layer-norm : fuse reassociate
  def   d = x - ReduceMean(x; axes=trailing(axes), keepdims=1)
  def   n = d / Sqrt(ReduceMean(d^2; axes=trailing(axes), keepdims=1) + eps!) * scale
  match (n + bias | n)
  where nonnegative(eps), trailing(scale, x, axes) else "scale-shape"
  emit  LayerNormalization(x, scale, bias; axis=-count(axes), epsilon=eps)
`);
const norm = (nodes: string, scale = 'float[4] w = {1, 2, 3, 4}', e = 1e-5): string =>
  `(float[2,4] x) => (float[2,4] y) <${scale}, float[4] b = {1, 2, 3, 4}, float e = {${e}}, float two = {2}> { ${nodes} }`;
const body =
  'm = ReduceMean <axes = [-1]> (x) d = Sub (x, m) p = Pow (d, two) v = ReduceMean <axes = [-1]> (p) a = Add (v, e) r = Sqrt (a) n = Div (d, r) s = Mul (n, w)';

test('captures of parameters and constants become attributes; optional parts are inputs or not', () => {
  const after = made(norm(`${body} y = Add (s, b)`), layerNorm, 17).text;
  expect(after).toMatch(/y = LayerNormalization <axis: int = -1, epsilon: float = .*> \(x, w, b\) }$/);
  const without = made(norm(body.replace('s = Mul', 'y = Mul')), layerNorm, 17).text;
  expect(without).toMatch(/y = LayerNormalization <.*> \(x, w\) }$/);
});

test('guards refuse with their codes', () => {
  const wide = norm(`${body} y = Add (s, b)`, 'float[1,4] w = {1, 2, 3, 4}');
  expect(Object.keys(made(wide, layerNorm, 17).refused['norm/layer-norm'] ?? {})).toEqual(['scale-shape']);
  const negative = norm(`${body} y = Add (s, b)`, undefined, -1);
  expect(Object.keys(made(negative, layerNorm, 17).refused['norm/layer-norm'] ?? {})).toEqual(['negative']);
});

test('sizes of the pattern are numbers, and lists have the dtype that the input asks for', () => {
  const rules = parseRules(
    'rule a/swap : fuse exact\n match Relu(Relu(Relu(x: [A, B])))\n emit Reshape(Reshape(x, [A * B]), [A, -1])',
  );
  const after = made(
    '(float[2,4] x) => (float[2,4] y) { r = Relu (x) s = Relu (r) y = Relu (s) }',
    rules,
  ).text;
  expect(after).toMatch(/int64\[1\] \w+ = \{8\}, int64\[2\] \w+ = \{2,-1\}/);
});

// The text shows the bits of a float16: 16384 is 2.
test('arithmetic on values makes nodes with constants of their dtype', () => {
  const rules = parseRules('rule a/twice : fuse exact\n match Abs(Relu(Relu(x)))\n emit max(x * 2, [0])');
  const after = made(
    '(float16[2] x) => (float16[2] y) { a = Relu (x) b = Relu (a) y = Abs (b) }',
    rules,
  ).text;
  expect(after).toMatch(/float16 \w+ = \{16384\}/);
  expect(after).toMatch(/(\S+) = Mul \(x, \S+\) y = Max \(\1, \S+\) }$/);
});
