import { Editor, type Model, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { fromReals } from '../tensor/reals.ts';
import { compareModels } from './compare-models.ts';
import { plainTolerance } from './tolerance.ts';

const model = (signature: string, nodes: string, opset = 20): Model =>
  parseModel(`<ir_version: 9, opset_import: ["" : ${opset}]> g ${signature} { ${nodes} }`);

const xy = '(float[N, 4] x) => (float[N, 4] y)';

/** y = Gelu(LayerNormalization(x W + b)), written out, with one number of it to be chosen. */
function block(change: { w?: number; b?: number; scale?: number; axis?: number; eps?: number } = {}): Model {
  const w = Array.from({ length: 16 }, (_, i) => Math.fround(Math.sin(i + 1)));
  w[5] = change.w ?? w[5] ?? 0;
  const b = [0.1, change.b ?? 0.2, 0.3, 0.4];
  const list = (values: readonly number[]): string => values.map((v) => v.toPrecision(17)).join(', ');
  return model(
    `(float[N, 4] x) => (float[N, 4] y) <float[4, 4] w = {${list(w)}}, float[4] b = {${list(b)}},
      float[4] s = {${list([1, 1.5, change.scale ?? 2, 0.5])}}, float two = {2}, float half = {0.5},
      float one = {1}, float root = {1.4142135381698608}, float eps = {${change.eps ?? 1e-5}}>`,
    `h = MatMul (x, w) z = Add (h, b)
     m = ReduceMean <keepdims = 1> (z, axes) d = Sub (z, m) q = Pow (d, two) v = ReduceMean <keepdims = 1> (q, axes)
     e = Add (v, eps) r = Sqrt (e) n = Div (d, r) t = Mul (n, s)
     u = Div (t, root) f = Erf (u) g = Add (f, one) k = Mul (t, g) y = Mul (k, half)`
      .replaceAll('axes', change.axis === 0 ? 'first' : 'last')
      .replace('h = ', 'last = Constant <value_ints = [-1]> () first = Constant <value_ints = [0]> () h = '),
  );
}

/** The same with operators that say it in one. */
function fused(scale = 2, epsilon = '0.00001'): Model {
  const w = Array.from({ length: 16 }, (_, i) => Math.fround(Math.sin(i + 1)).toPrecision(17)).join(', ');
  return model(
    `(float[N, 4] x) => (float[N, 4] y) <float[4, 4] w = {${w}}, float[4] b = {0.1, 0.2, 0.3, 0.4},
      float[4] s = {1, 1.5, ${scale.toPrecision(17)}, 0.5}, float[4] none = {0, 0, 0, 0}>`,
    `z = Gemm (x, w, b) t = LayerNormalization <epsilon = ${epsilon}> (z, s, none) y = Gelu (t)`,
  );
}

/** A float32 so many units in the last place above another. */
function ulps(x: number, count: number): number {
  return Math.fround(x) * (1 + count * 2 ** -23);
}

test('a model is equal to itself, and nothing is left to compare', () => {
  const report = compareModels(block(), block());
  expect(report).toMatchObject({ verdict: 'equal', sets: 5, compared: 0, differences: [], notes: [] });
  expect(report.divergence).toBeUndefined();
});

test('the same function by other operators is equal, either way round', () => {
  for (const [a, b] of [
    [block(), fused()],
    [fused(), block()],
  ] as const) {
    const report = compareModels(a, b, { sets: 20 });
    expect(report).toMatchObject({ verdict: 'equal', sets: 20 });
    expect(report.compared).toBeGreaterThan(20);
    expect(report.largestShare).toBeGreaterThan(0);
    expect(report.largestShare).toBeLessThan(1);
  }
});

test('sums in another order are equal', () => {
  const terms = Array.from({ length: 12 }, (_, i) => `a${i} = Mul (x, c${i})`).join(' ');
  const constants = Array.from(
    { length: 12 },
    (_, i) => `float c${i} = {${Math.sin(i + 1).toFixed(6)}}`,
  ).join(', ');
  const sum = (order: readonly number[]): Model =>
    model(
      `(float[N, 4] x) => (float[N, 4] y) <${constants}>`,
      `${terms} ${order
        .slice(1)
        .map(
          (n, i, rest) =>
            `${i === rest.length - 1 ? 'y' : `${order[0]}s${i}`} = Add (${i === 0 ? `a${order[0]}` : `${order[0]}s${i - 1}`}, a${n})`,
        )
        .join(' ')}`.replaceAll(/(\d+)s(\d+)/g, 's$1_$2'),
    );
  const up = Array.from({ length: 12 }, (_, i) => i);
  expect(compareModels(sum(up), sum([...up].reverse()), { sets: 20 })).toMatchObject({
    verdict: 'equal',
    sets: 20,
  });
});

test.each([
  ['a weight', { w: ulps(Math.sin(6), 64) }, 'h', 'w', [1, 1]],
  ['a bias', { b: ulps(0.2, 64) }, 'z', 'b', [1]],
  ['a scale', { scale: ulps(2, 64) }, 't', 's', [2]],
] as const)(
  '%s that is off by 64 units in the last place is found and named',
  (_, change, value, name, index) => {
    const report = compareModels(block(), block(change));
    expect(report.verdict).toBe('different');
    expect(report.divergence).toMatchObject({
      value,
      parameter: { kind: 'constant', name, element: { index } },
    });
    // By the outputs alone nobody would have seen it.
    expect(report.differences).toEqual([]);
  },
);

test('an attribute that is off by 64 units in the last place is found and named', () => {
  const leaky = (alpha: number): Model =>
    model(xy, `t = LeakyRelu <alpha = ${alpha.toPrecision(12)}> (x) y = Neg (t)`);
  const report = compareModels(leaky(0.1), leaky(ulps(0.1, 64)));
  expect(report).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', parameter: { name: 'alpha' } },
  });
});

test('a constant that is another, but shows on no inputs, is noted', () => {
  const clip = (high: number): Model =>
    model(
      xy,
      `low = Constant <value_float = -1000.0> () high = Constant <value_float = ${high.toFixed(1)}> () y = Clip (x, low, high)`,
    );
  const report = compareModels(clip(1e6), clip(2e6), { sets: 2, styles: ['normal'] });
  expect(report.verdict).toBe('equal');
  expect(report.notes).toEqual(['constant high of y differs, but shows on no inputs that were tried']);
});

test('a wrong axis is found at the first node that has it', () => {
  const report = compareModels(block(), block({ axis: 0 }));
  expect(report.verdict).toBe('different');
  expect(report.divergence).toMatchObject({ value: 'm', wantNode: { op: 'ReduceMean' }, gross: true });
  expect(report.inputs).toMatchObject({ label: 'N=2, seed 0', seed: 0 });
  expect(report.differences[0]?.output).toBe('y');
});

test('a small mistake in a fused operator is found where it is', () => {
  const report = compareModels(block(), fused(ulps(2, 4096)));
  expect(report.verdict).toBe('different');
  expect(report.divergence).toMatchObject({
    value: 't',
    gotNode: { op: 'LayerNormalization' },
    parameter: undefined,
  });
  const { worst } = report.divergence?.difference.elements ?? {};
  expect(worst?.index[1]).toBe(2);
  expect(worst?.excess).toBeGreaterThan(1);
  expect(worst?.bound).toBeGreaterThan(0);
});

test('that the second model fails somewhere is a difference, and says where', () => {
  const a = model(xy, 't = Neg (x) s = Shape (t) y = Reshape (t, s)');
  const b = model(xy, 't = Neg (x) s = Constant <value_ints = [2, 4]> () y = Reshape (t, s)');
  const report = compareModels(a, b);
  expect(report.verdict).toBe('different');
  expect(report.divergence).toMatchObject({ value: expect.stringMatching(/^(s|y)$/) });
});

test('a value whose name means something else is told by the outputs, and noted', () => {
  const a = model(xy, 't = Neg (x) y = Neg (t)');
  const b = model(xy, 't = Identity (x) y = Identity (t)');
  const report = compareModels(a, b, { sets: 2 });
  expect(report.verdict).toBe('equal');
  expect(report.notes).toEqual([expect.stringMatching(/^t is not the same value in both/)]);
});

test('values that were renamed are paired as the caller says', () => {
  const a = model(xy, 't = Exp (x) y = Neg (t)');
  const b = model(xy, 'e = Exp (x) y = Neg (e)');
  expect(compareModels(a, b).compared).toBe(5);
  expect(compareModels(a, b, { renamed: new Map([['t', 'e']]) }).compared).toBe(0);
});

test('constants that one model computes are compared with those that the other has', () => {
  const signature = (more: string): string => `(float[N, 4] x) => (float[N, 4] y) <${more}>`;
  const a = model(signature('float p = {3}, float q = {0.1}'), 'c = Mul (p, q) t = Add (x, c) y = Neg (t)');
  const b = (c: number): Model =>
    model(signature(`float c = {${c.toPrecision(17)}}`), 't = Add (x, c) y = Neg (t)');
  expect(compareModels(a, b(Math.fround(3 * Math.fround(0.1)))).verdict).toBe('equal');
  expect(compareModels(a, b(ulps(0.3, 64)))).toMatchObject({
    verdict: 'different',
    divergence: { value: 'c' },
  });
});

test('NaN equals NaN on inputs that are asked for', () => {
  const a = model(xy, 't = Log (x) y = Neg (t)');
  const b = model(xy, 's = Log (x) y = Neg (s)');
  expect(compareModels(a, b, { styles: ['special', 'extremes'], sets: 4 })).toMatchObject({
    verdict: 'equal',
    sets: 4,
  });
  const c = model(xy, 'zero = Constant <value_float = 0.0> () p = Max (x, zero) s = Log (p) y = Neg (s)');
  expect(compareModels(a, c, { styles: ['special'] }).verdict).toBe('different');
});

test('a plain tolerance applies to every value', () => {
  const a = model(xy, 'c = Constant <value_float = 2.0> () y = Mul (x, c)');
  const b = model(xy, 'c = Constant <value_float = 2.0002> () y = Mul (x, c)');
  expect(compareModels(a, b).verdict).toBe('different');
  expect(compareModels(a, b, { tolerance: plainTolerance(1e-3, 0) }).verdict).toBe('equal');
  expect(compareModels(a, b, { tolerance: plainTolerance(1e-5, 0) }).verdict).toBe('different');
});

test('inputs of the caller are used as they are', () => {
  const a = model(xy, 'y = Abs (x)');
  const b = model(xy, 'y = Relu (x)');
  const given = (x: number) => [{ label: 'mine', feeds: { x: fromReals('float32', [1, 4], [x, x, x, x]) } }];
  expect(compareModels(a, b, { given: given(1) })).toMatchObject({ verdict: 'equal', sets: 1 });
  expect(compareModels(a, b, { given: given(-1) })).toMatchObject({
    verdict: 'different',
    inputs: { label: 'mine' },
  });
});

test('sizes 1 and 0 are among those that are tried', () => {
  const a = model('(float[N, M] x) => (float[N, M] y)', 'y = Identity (x)');
  const b = model(
    '(float[N, M] x) => (float[N, M] y)',
    'axes = Constant <value_ints = [0]> () m = ReduceMax <keepdims = 1> (x, axes) z = Sub (m, m) y = Add (x, z)',
  );
  // The maximum of nothing is an infinity, but there is nothing to add it to.
  expect(compareModels(a, b, { sets: 12 }).sets).toBe(12);
  const labels: string[] = [];
  const c = model(
    '(float[N, M] x) => (float[N, M] y)',
    's = Constant <value_ints = [0, -1]> () y = Reshape (x, s)',
  );
  const report = compareModels(a, c, { sets: 12 });
  labels.push(report.inputs?.label ?? '');
  expect(report.verdict).toBe('different');
  expect(labels[0]).toMatch(/=0/);
});

test('a model that the runtime cannot run leaves the question open', () => {
  const odd = model(xy, 'y = Mystery (x)');
  expect(compareModels(odd, odd)).toMatchObject({ verdict: 'unverified', sets: 0 });
  expect(compareModels(model(xy, 'y = Neg (x)'), odd).verdict).toBe('different');
});

test('random nodes draw the same in both models', () => {
  const a = model(xy, 'r = RandomNormalLike (x) t = Add (x, r) y = Neg (t)');
  const b = model(xy, 'r = RandomNormalLike (x) t = Add (r, x) y = Neg (t)');
  expect(compareModels(a, b).verdict).toBe('equal');
});

test('nested graphs are compared by what comes out of them', () => {
  const branchy = (op: string): Model =>
    model(
      '(float[N, 4] x, bool c) => (float[N, 4] y)',
      `t = If (c) <then_branch = a () => (p) { p = Exp (x) }, else_branch = b () => (q) { q = ${op} (x) }> y = Neg (t)`,
    );
  expect(compareModels(branchy('Abs'), branchy('Abs')).verdict).toBe('equal');
  expect(compareModels(branchy('Abs'), branchy('Neg'))).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', gotNode: { op: 'If' } },
  });
});

test('nested graphs that are the same are not run again, whatever their values are called', () => {
  const loop = (name: string, factor: number): Model =>
    model(
      '(float[N, 4] x, int64 n, bool c) => (float[N, 4] y)',
      `k = Constant <value_float = ${factor.toPrecision(12)}> () h = Neg (x)
       t = Loop (n, c, x) <body = b (int64 i, bool ${name}c, float[N, 4] ${name}) => (${name}c, ${name}2) {
         ${name}1 = Mul (${name}, k) ${name}2 = Add (${name}1, h) }> y = Exp (t)`,
    );
  const fixed = new Map([
    ['n', fromReals('int64', [], [3])],
    ['c', fromReals('bool', [], [1])],
  ]);
  const options = { fixed, sets: 2 };
  expect(compareModels(loop('a', 0.5), loop('b', 0.5), options)).toMatchObject({
    verdict: 'equal',
    compared: 0,
  });
  expect(compareModels(loop('a', 0.5), loop('b', ulps(0.5, 64)), options)).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', parameter: { name: 'k' } },
  });
});

test('functions of equal bodies are the same, and constants that calls of them read are looked at', () => {
  const calling = (w: number, inner = 'Add'): Model =>
    parseModel(`<ir_version: 9, opset_import: ["" : 20, "own" : 1]>
      g (float[N, 4] x) => (float[N, 4] y) <float[4] w = {1, ${w.toPrecision(17)}, 3, 4}> { t = own.Linear (x, w) y = Exp (t) }
      <domain: "own", opset_import: ["" : 20]> Linear (a, b) => (c) { d = Mul (a, b) c = ${inner} (d, b) }`);
  expect(compareModels(calling(2), calling(2))).toMatchObject({ verdict: 'equal', compared: 0 });
  expect(compareModels(calling(2), calling(ulps(2, 64)))).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', parameter: { name: 'w', element: { index: [1] } } },
  });
  expect(compareModels(calling(2), calling(2, 'Sub'))).toMatchObject({
    verdict: 'different',
    divergence: { value: 't', parameter: undefined },
  });
});

test('weights of equal bits under other names are the same', () => {
  const a = block();
  const b = block();
  const editor = new Editor(b);
  for (const value of [...b.graph.initializers]) editor.rename(value, `${value.name}_2`);
  expect(compareModels(a, b)).toMatchObject({ verdict: 'equal', compared: 0 });
});
