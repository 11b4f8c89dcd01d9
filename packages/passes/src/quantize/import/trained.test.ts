import {
  decodeModel,
  encodeModel,
  type Model,
  type Node,
  printModel,
  tensorFloats,
  verifyModel,
} from '@refold/ir';
import { createSession, type Feeds, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { constant, model, weight } from '../../../test/support.ts';
import { checkTarget } from '../check/check-target.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import type { PostTrainingOptions } from '../flow/options.ts';
import { prepareModel } from '../flow/prepare.ts';
import { integerOnly, onnxruntimeCpu, type Target, targets, tensorrt, tflite } from '../targets/index.ts';

/** Fake quantization as PyTorch has it: divided, rounded, moved, clipped, and back. */
const torch = (from: string, to: string, s: string, z: string): string =>
  `${to}_1 = Div (${from}, ${s}) ${to}_2 = Round (${to}_1) ${to}_3 = Add (${to}_2, ${z}) ${to}_4 = Clip (${to}_3, least, most)` +
  ` ${to}_5 = Sub (${to}_4, ${z}) ${to} = Mul (${to}_5, ${s})`;

/** With a learned step size: clipped before rounding, no zero point. */
const learned = (from: string, to: string, s: string, low: string, high: string): string =>
  `${to}_1 = Div (${from}, ${s}) ${to}_2 = Clip (${to}_1, ${low}, ${high}) ${to}_3 = Round (${to}_2) ${to} = Mul (${to}_3, ${s})`;

const numbers = {
  ...{ s: 0.02, z: 120, t: 0.05, u: 0.25, v: 0.01, least: 0, most: 255 },
  ...{ low: -127, high: 127, zero: 0, fifteen: 15 },
};

/** A residual network as training leaves it: weights per channel, 4 bits behind a Relu, a scale for a sum. */
const net = (given: Readonly<Record<string, number>> = numbers): Model =>
  model(
    `(float[1,3,8,8] x) => (float[1,5] y)
      <${Object.entries(given)
        .map(([name, value]) => constant(name, [], [value]))
        .join(', ')},
       ${weight('w', [4, 3, 3, 3])}, ${constant('sw', [4, 1, 1, 1], [0.008, 0.0079, 0.0078, 0.0077])}, ${weight('b', [4])},
       ${weight('k', [4, 4, 1, 1])}, ${constant('sk', [4, 1, 1, 1], [0.008, 0.007, 0.006, 0.008])},
       ${weight('f', [4, 5])}, ${weight('c', [5])}> {
      ${torch('x', 'xq', 's', 'z')} ${learned('w', 'wq', 'sw', 'low', 'high')}
      a = Conv <pads = [1, 1, 1, 1]> (xq, wq, b) r = Relu (a) ${learned('r', 'rq', 'u', 'zero', 'fifteen')}
      ${learned('k', 'kq', 'sk', 'low', 'high')} e = Conv (rq, kq) ${torch('e', 'eq', 't', 'z')}
      d = Add (eq, rq) ${torch('d', 'dq', 't', 'z')}
      g = GlobalAveragePool (dq) h = Flatten (g) ${learned('f', 'fq', 'v', 'low', 'high')} y = Gemm (h, fq, c) }`,
    { opset: 17 },
  );

const samples = (count: number): readonly Feeds[] =>
  Array.from({ length: count }, (_, seed) => makeInputs(net(), undefined, { seed }));

async function quantized(m: Model, target: Target, options: Partial<PostTrainingOptions> = {}) {
  const { report } = await quantizePostTraining(m, { target, samples: samples(3), ...options });
  expect(verifyModel(m)).toEqual([]);
  return report;
}

function output(m: Model, feeds: Feeds | undefined): readonly number[] {
  const y = createSession(m)
    .run(feeds ?? new Map())
    .get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

function noise(m: Model): number {
  const feeds = samples(7)[6];
  const [wanted, got] = [output(net(), feeds), output(m, feeds)];
  const sum = (f: (x: number, i: number) => number): number => wanted.reduce((all, x, i) => all + f(x, i), 0);
  return sum((x, i) => (x - (got[i] ?? 0)) ** 2) / sum((x) => x ** 2);
}

const numbersIn = (node: Node, input: number): readonly number[] => {
  const value = node.inputs[input];
  const tensor = value?.tensor;
  return tensor ? [...tensorFloats(tensor)] : [];
};

/** Scale and zero point by the value that is made codes. */
function scales(m: Model): Readonly<Record<string, readonly number[]>> {
  const found: Record<string, readonly number[]> = {};
  for (const node of m.graph.nodes()) {
    if (!node.is('QuantizeLinear')) continue;
    found[node.inputs[0]?.name ?? ''] = [...numbersIn(node, 1), ...numbersIn(node, 2)];
  }
  return found;
}

/** The node in which the weights of a layer become numbers. */
function weightsOf(m: Model, result: string): Node | undefined {
  return [...m.graph.nodes()].find((node) => node.outputs[0]?.name === result)?.inputs[1]?.producer;
}

const single = (numbers: readonly number[]): readonly number[] => numbers.map(Math.fround);

test('scales, zero points and codes of weights are those of training', async () => {
  const m = net();
  const report = await quantized(m, onnxruntimeCpu);
  expect(report.diagnostics).toEqual([]);
  expect(scales(m)).toMatchObject({
    x: single([0.02, 120]),
    e: single([0.05, 120]),
    d: single([0.05, 120]),
    r_clipped: [0.25, 0],
  });
  const weights = weightsOf(m, 'a');
  expect(weights && numbersIn(weights, 1)).toEqual(single([0.008, 0.0079, 0.0078, 0.0077]));
  const before = net().graph.initializers;
  const w = [...before].find((v) => v.name === 'w')?.tensor;
  expect(weights && numbersIn(weights, 0).slice(0, 27)).toEqual(
    w &&
      [...tensorFloats(w)]
        .slice(0, 27)
        .map((x) => Math.min(127, Math.max(-127, Math.round(x / Math.fround(0.008))))),
  );
  // What is left is the rounding of biases, and of the mean, which training did not have.
  expect(noise(m)).toBeLessThan(1e-5);
  expect(report.quantized).toMatchObject({ Conv: 2, Add: 1, GlobalAveragePool: 1, Gemm: 1 });
  const conv = [...m.graph.nodes()].find((n) => n.is('Conv'));
  expect(conv?.inputs[2]?.producer?.inputs[0]?.tensor?.dtype).toBe('int32');
});

test('codes that are a part of a type are kept by a Clip, which takes the place of a Relu', async () => {
  const m = net();
  await quantized(m, onnxruntimeCpu);
  const clips = [...m.graph.nodes()].filter((n) => n.is('Clip'));
  expect(clips.map((n) => [n.inputs[0]?.producer?.opType, numbersIn(n, 1), numbersIn(n, 2)])).toEqual([
    ['Conv', [0], [3.75]],
  ]);
  expect([...m.graph.nodes()].filter((n) => n.is('Relu'))).toEqual([]);
});

test('a target has its codes for the same numbers', async () => {
  const m = net();
  await quantized(m, tflite);
  expect(scales(m)).toMatchObject({ x: single([0.02, -8]), d: single([0.05, -8]), r_clipped: [0.25, -128] });
  const even = { ...numbers, z: 128 };
  const symmetric = net(even);
  const report = await quantized(symmetric, tensorrt);
  expect(report.diagnostics).toEqual([]);
  expect(scales(symmetric)).toMatchObject({
    x: single([0.02, 0]),
    d: single([0.05, 0]),
    r_clipped: [0.25, 0],
  });
});

test('what a target has no codes for is chosen anew, and named', async () => {
  const m = net();
  const report = await quantized(m, integerOnly);
  const anew = report.diagnostics.filter((d) => d.code === 'chosen-anew');
  expect(anew.map((d) => d.at)).toEqual(['a', 'e', 'y', 'x', 'e', 'd']);
  // A power of two is what it has, and binds what it is added to.
  expect(scales(m)).toMatchObject({ r_clipped: [0.25, 0], e: [0.25, 0], d: [0.25, 0] });
  expect(checkTarget(m, integerOnly)).toEqual([]);
  expect(noise(m)).toBeLessThan(1e-2);
});

test.each(targets)('quantizing again for $name changes nothing (P3)', async (target) => {
  const m = net();
  await quantized(m, target);
  const again = decodeModel(encodeModel(m));
  const text = printModel(again);
  const { written } = await quantized(again, target);
  expect(written).toEqual({ values: 0, requantized: 0, constants: 0 });
  expect(printModel(again)).toBe(text);
});

test('an analysis, and a budget, see the scales of training as well', async () => {
  const m = net();
  const report = await quantized(m, onnxruntimeCpu, { budget: 1e-3, rounding: 'descent' });
  expect(report.kept).toMatchObject({ layers: [], met: true });
  expect(scales(m)).toMatchObject({ x: single([0.02, 120]) });
});

test('a scale that is asked for goes before that of training', async () => {
  const format = { dtype: 'uint8', symmetric: false, powerOfTwo: false, narrow: false } as const;
  const m = net();
  await quantized(m, onnxruntimeCpu, {
    overrides: new Map([['x', { format, scale: 0.03125, zeroPoint: 7 }]]),
  });
  expect(scales(m)).toMatchObject({ x: [0.03125, 7], d: single([0.05, 120]) });
});

test.each([
  ["'xq' makes no codes: its zero point 256 is not in the range of its codes, [0, 255]", { z: 256 }],
  ["'xq' makes no codes: its scale is 0", { s: 0 }],
  ["'eq' makes no codes: its scale is -0.5", { t: -0.5 }],
  ["'wq' makes no codes: its zero point 0 is not in the range of its codes, [1, 127]", { low: 1 }],
])('an error says where and why: %s', async (message, other) => {
  const wrong = net({ ...numbers, ...other });
  await expect(quantized(wrong, onnxruntimeCpu)).rejects.toThrow(message);
});

test('codes of 16 bits raise the opset to the one that has them', async () => {
  const wide = net({ ...numbers, s: 0.001, z: 3, least: -32768, most: 32767 });
  const { overrides } = prepareModel(wide, onnxruntimeCpu);
  expect(wide.opsets.get('')).toBe(21);
  expect(overrides.get('x')).toMatchObject({
    format: { dtype: 'uint16' },
    scale: Math.fround(0.001),
    zeroPoint: 32771,
  });
});

test('nodes that make codes are taken over from a model whose weights are still floats, and kept in any other', async () => {
  const text = (weights: string, nodes: string): Model =>
    model(
      `(float[1,3,8,8] x) => (float[1,4,8,8] y) <float s = {0.02}, uint8 z = {120}, float t = {0.05}, uint8 o = {0},
         ${weights}, float[4] sw = {0.008, 0.008, 0.007, 0.007}, int8[4] zw = {0, 0, 0, 0}> {
        xq = QuantizeLinear (x, s, z) xd = DequantizeLinear (xq, s, z) ${nodes}
        c = Conv (xd, wd) r = Relu (c) rq = QuantizeLinear (r, t, o) rd = DequantizeLinear (rq, t, o)
        y = MaxPool <kernel_shape = [1, 1]> (rd) }`,
      { opset: 13 },
    );
  const trained = text(
    weight('w', [4, 3, 1, 1]),
    'wq = QuantizeLinear <axis = 0> (w, sw, zw) wd = DequantizeLinear <axis = 0> (wq, sw, zw)',
  );
  await quantized(trained, onnxruntimeCpu);
  // The pooling has the codes of what it pools.
  expect(Object.values(scales(trained))).toEqual([single([0.02, 120]), single([0.05, 0]), single([0.05, 0])]);
  const ints = constant('wq', [4, 3, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'int8');
  const done = text(ints, 'wd = DequantizeLinear <axis = 0> (wq, sw, zw)');
  await quantized(done, onnxruntimeCpu);
  expect(
    [...done.graph.nodes()].filter((n) => n.is('QuantizeLinear') && n.inputs[0]?.name === 'x').length,
  ).toBe(1);
  expect(scales(done)).toMatchObject({ x: single([0.02, 120]), r: single([0.05, 0]) });
});

test.each(['w = DequantizeLinear (table, t, o)', 'c = Cast <to = 1> (table) w = Mul (c, t)'])(
  'weights that are turned on their way from codes were quantized already: %s',
  (decoded) => {
    const m = model(
      `(float[2,4] x) => (float[2,3] y) <float s = {0.02}, uint8 z = {120}, float t = {0.05}, int8 o = {0},
         ${constant('table', [3, 4], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'int8')}> {
        xq = QuantizeLinear (x, s, z) xd = DequantizeLinear (xq, s, z) ${decoded}
        turned = Transpose (w) wq = QuantizeLinear (turned, t, o) wd = DequantizeLinear (wq, t, o)
        y = MatMul (xd, wd) }`,
      { opset: 20 },
    );
    expect(prepareModel(m, onnxruntimeCpu)).toEqual({
      trained: false,
      overrides: new Map(),
      diagnostics: [],
    });
  },
);
