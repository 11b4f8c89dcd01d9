import { Editor, inferModel, type Model, printModel, verifyModel } from '@refold/ir';
import { createSession, type Feeds, fromReals, type NdValue, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { runPasses } from '../../manager/run.ts';
import { collectConstraints } from '../constraints/collect.ts';
import { type QuantizeOptions, quantizeModel } from '../quantize.ts';
import { quantizePass } from '../quantize-pass.ts';
import { calibrate } from '../statistics/calibrate.ts';
import { integerOnly, onnxruntimeCpu, type Target, targets, tensorrt } from '../targets/index.ts';
import { codeOf, numberOf } from '../theta/theta.ts';

/** Even numbers between -reach and reach, seeded. */
function draw(dims: readonly number[], reach: number, seed: number): NdValue {
  let state = seed;
  const values = Float32Array.from({ length: dims.reduce((a, d) => a * d, 1) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1) * reach;
  });
  return fromReals('float32', dims, values);
}

function feedsOf(m: Model, reaches: Readonly<Record<string, number>>, seed: number): Feeds {
  return new Map(
    m.graph.inputs.map((v, i): [string, NdValue] => {
      const shape = v.type?.kind === 'tensor' ? v.type.shape : undefined;
      const dims = (shape ?? []).map((d) => (typeof d === 'number' ? d : 1));
      return [v.name, draw(dims, reaches[v.name] ?? 1, seed + i)];
    }),
  );
}

function numbers(value: NdValue | undefined): readonly number[] {
  if (value?.kind !== 'tensor') throw new Error('no tensor');
  return Array.from(reals(value));
}

interface Run {
  readonly quantized: Model;
  readonly report: ReturnType<typeof quantizeModel>;
  readonly exact: ReadonlyMap<string, NdValue>;
  readonly rounded: ReadonlyMap<string, NdValue>;
}

/** Quantizes by four samples and runs both models on one of them. The result must be valid, its signature the same. */
function quantized(
  text: string,
  target: Target,
  reaches: Readonly<Record<string, number>> = {},
  options: QuantizeOptions = {},
): Run {
  const setting = { opset: 21 };
  const [before, after] = [model(text, setting), model(text, setting)];
  inferModel(new Editor(before));
  inferModel(new Editor(after));
  const samples = [1, 2, 3, 4].map((seed) => feedsOf(before, reaches, seed));
  const report = quantizeModel(after, target, samples, options);
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  const signature = (m: Model): unknown =>
    [m.graph.inputs, m.graph.outputs].map((l) => l.map((v) => [v.name, v.type]));
  expect(signature(after)).toEqual(signature(before));
  const feeds = samples[0] ?? new Map();
  return {
    quantized: after,
    report,
    exact: createSession(before).run(feeds),
    rounded: createSession(after).run(feeds),
  };
}

function noise(run: Run, name: string): number {
  const [x, y] = [numbers(run.exact.get(name)), numbers(run.rounded.get(name))];
  const squares = (f: (v: number, i: number) => number): number =>
    x.reduce((sum, v, i) => sum + f(v, i) ** 2, 0);
  return squares((v, i) => v - (y[i] ?? 0)) / squares((v) => v);
}

const ops = (m: Model): readonly string[] => [...m.graph.nodes()].map((n) => n.opType);

const net =
  '(float[1,3,8,8] x) => (float[1,4,8,8] y)' +
  ` <${weight('w', [4, 3, 3, 3])}, ${weight('b', [4])}, ${weight('v', [4, 8, 1, 1])}>` +
  ' { c = Conv <pads = [1, 1, 1, 1]> (x, w, b) r = Relu (c) p = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (r)' +
  ' j = Concat <axis = 1> (r, p) y = Conv (j, v) }';

test('a network runs on codes of every target, with the noise that 8 bits have', () => {
  for (const target of targets) {
    const run = quantized(net, target);
    expect(noise(run, 'y'), target.name).toBeLessThan(target === integerOnly ? 2e-2 : 1e-3);
    expect(noise(run, 'y'), target.name).toBeGreaterThan(0);
  }
});

test('there is one scale and one zero point for each class that is written (P5)', () => {
  const { quantized: m, report } = quantized(net, onnxruntimeCpu);
  const scales = new Set(
    [...m.graph.nodes()].filter((n) => n.opType === 'QuantizeLinear').map((n) => n.inputs[1]),
  );
  // The floats that weights and biases were are gone.
  expect([...m.graph.initializers].map((v) => v.name)).not.toContain('w');
  // x; r, p and j; y.
  expect(scales.size).toBe(3);
  expect(report.emission.values).toBe(5);
  expect(report.emission.requantized).toBe(0);
});

test('biases have codes of 32 bits on the product of the scales of data and weights (P11)', () => {
  const { quantized: m } = quantized(net, onnxruntimeCpu);
  const conv = [...m.graph.nodes()].find((n) => n.opType === 'Conv');
  const [x, w, b] = (conv?.inputs ?? []).map((v) => v?.producer);
  const scale = (node: typeof x): readonly number[] =>
    node?.inputs[1]?.tensor ? [...new Float32Array(node.inputs[1].tensor.bytes().slice().buffer)] : [];
  expect(b?.inputs[0]?.tensor?.dtype).toBe('int32');
  expect(b?.inputs.length).toBe(2);
  expect(scale(w).length).toBe(4);
  expect(scale(b)).toEqual(scale(w).map((s) => Math.fround(s * (scale(x)[0] ?? 0))));
});

test('a bias that does not fit 32 bits stays a float, and weights keep their codes (a peer: all weights become 0)', () => {
  const text =
    `(float[1,1,4] x) => (float[1,1,4] y) <${constant('w', [1, 1, 1], [1e-6])}, ${constant('b', [1], [50])}>` +
    ' { y = Conv (x, w, b) }';
  const { quantized: m, report } = quantized(text, onnxruntimeCpu, { x: 0.01 });
  expect(report.emission.diagnostics.map((d) => d.at)).toEqual(['b => y[2]']);
  const conv = [...m.graph.nodes()].find((n) => n.opType === 'Conv');
  expect(conv?.inputs[2]?.name).toBe('b');
  const weights = conv?.inputs[1]?.producer?.inputs[0]?.tensor;
  expect(weights && new Int8Array(weights.bytes())[0]).toBe(127);
});

test('operators that move, join or choose give the codes of their float results, bit for bit (P8, P9, P14)', () => {
  for (const nodes of [
    'y = Transpose <perm = [1, 0]> (x)',
    't = Transpose (x) y = Concat <axis = 0> (t, t)',
    't = Slice (x, zero, one, one) y = Concat <axis = -1> (t, x)',
    'y = Max (x, x2)',
    'y = Gather <axis = -1> (x, index)',
    'y, z = Split <axis = 0, num_outputs = 2> (x)',
    'y = Clip (x, low, high)',
    'y, i = TopK (x, one)',
  ]) {
    const text =
      '(float[2,4] x, float[2,4] x2) => (y) <int64[1] zero = {0}, int64[1] one = {1},' +
      ` int64[2] index = {3, -1}, float low = {-0.5}, float high = {0.25}> { ${nodes} }`;
    const { report, exact, rounded } = quantized(text, integerOnly);
    const theta = report.classes.classes.find((c) => c.points.some((p) => p.key === 'y'))?.theta;
    if (!theta) throw new Error(nodes);
    expect(numbers(rounded.get('y')), nodes).toEqual(
      numbers(exact.get('y')).map((v) => numberOf(codeOf(v, theta), theta)),
    );
  }
});

test('a second run adds nothing (P3)', () => {
  for (const target of targets) {
    const { quantized: m } = quantized(net, target);
    const text = printModel(m);
    quantizeModel(m, target, [feedsOf(m, {}, 1)]);
    expect(printModel(m), target.name).toBe(text);
  }
});

test('the pass does the same as quantizing at once', () => {
  const setting = { opset: 21 };
  const m = model(net, setting);
  inferModel(new Editor(m));
  const samples = [1, 2, 3, 4].map((seed) => feedsOf(m, {}, seed));
  const statistics = calibrate(m, samples, collectConstraints(m, onnxruntimeCpu).table.values());
  const report = runPasses(new Editor(m), [quantizePass(onnxruntimeCpu, statistics)]);
  expect(report.passes.map((p) => [p.name, p.error])).toEqual([['quantize/union', undefined]]);
  expect(printModel(m)).toBe(printModel(quantized(net, onnxruntimeCpu).quantized));
});

test('what only floats read stays as it is', () => {
  const text = '(float[4] x) => (float[4] y, float[4] z) { y = Exp (x) z = Relu (x) }';
  const run = quantized(text, tensorrt);
  expect(numbers(run.rounded.get('y'))).toEqual(numbers(run.exact.get('y')));
  expect(ops(run.quantized).filter((op) => op === 'QuantizeLinear').length).toBe(2);
});

test('a small branch is requantized where it meets a large one, and not before', () => {
  const text =
    '(float[1,8] a, float[1,8] b) => (float[1,16] y, float[1,8] n) { y = Concat <axis = 1> (a, b) n = Relu (a) }';
  const run = quantized(
    text,
    {
      ...tensorrt,
      operators: new Map([...tensorrt.operators, ['Concat', { inputs: 'must', output: 'must' }]]),
    },
    { a: 0.01, b: 10 },
  );
  expect(run.report.emission.requantized).toBe(1);
  expect(noise(run, 'n')).toBeLessThan(1e-3);
});

test('a small branch that must share the scale of a large one is lost with 8 bits, and is not with 16 (E1)', () => {
  const text = '(float[1,64] a, float[1,64] b) => (float[1,128] y) { y = Concat <axis = 1> (a, b) }';
  const lossOfBranch = (widens: boolean): number => {
    const run = quantized(text, integerOnly, { a: 0.01, b: 10 }, { widens });
    const half = (value: NdValue | undefined): readonly number[] => numbers(value).slice(0, 64);
    const [x, y] = [half(run.exact.get('y')), half(run.rounded.get('y'))];
    const squares = (values: readonly number[]): number => values.reduce((sum, v) => sum + v * v, 0);
    return squares(x.map((v, i) => v - (y[i] ?? 0))) / squares(x);
  };
  expect(lossOfBranch(false)).toBe(1);
  expect(lossOfBranch(true)).toBeLessThan(1e-2);
});

test('a loop carries codes of one scale', () => {
  const text =
    '(float[4] x) => (float[4] y) <int64 n = {3}, bool go = {1}> { y = Loop <body = body' +
    ' (int64 i, bool c, float[4] s) => (bool d, float[4] t) { d = Identity (c) t = Add (s, s) }> (n, go, x) }';
  const run = quantized(text, integerOnly);
  // Eight times x, on the scale of what comes out: steps of 1/8 for numbers up to 8.
  const [x, y] = [numbers(run.exact.get('y')), numbers(run.rounded.get('y'))];
  for (const [i, v] of x.entries()) expect(Math.abs(v - (y[i] ?? 0))).toBeLessThanOrEqual(8 / 16);
  expect(run.report.classes.classes.length).toBe(1);
});

test('an opset without the codes of a target is refused with a way out, and nothing is changed', () => {
  const m = model('(float[4] x) => (float[4] y) { y = Relu (x) }', { opset: 13 });
  const wide = { ...integerOnly, activations: { ...integerOnly.activations, types: ['int16' as const] } };
  inferModel(new Editor(m));
  const text = printModel(m);
  expect(() => quantizeModel(m, wide, [feedsOf(m, {}, 1)])).toThrow('opset 21');
  expect(printModel(m)).toBe(text);
});
