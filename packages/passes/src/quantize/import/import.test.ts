import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { createSession, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { modelOf, nets, samplesOf } from '../../../test/quantize/net.ts';
import { constant, model, nodes, weight } from '../../../test/support.ts';
import { quantizeModel } from '../quantize.ts';
import { integerOnly, onnxruntimeCpu } from '../targets/index.ts';
import { quantizeBiases } from './biases.ts';
import { takeOverCodes } from './take-over.ts';

function inferred(text: string): Model {
  const m = model(text, { opset: 21 });
  inferModel(new Editor(m));
  return m;
}

function output(m: Model): readonly number[] {
  const y = createSession(m)
    .run(makeInputs(m, undefined, { seed: 5 }))
    .get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

const ops = (m: Model): readonly string[] => [...m.graph.nodes()].map((n) => n.opType);

const theta = 'float s = {0.02}, uint8 z = {120}, float t = {0.05}, uint8 v = {100}';
const pair = (from: string, to: string, scale = 's', zero = 'z'): string =>
  `${to}_q = QuantizeLinear (${from}, ${scale}, ${zero}) ${to} = DequantizeLinear (${to}_q, ${scale}, ${zero})`;

/** As training leaves it: pairs behind the input and the layer, weights that are made codes in the graph, a float bias. */
const trained =
  `(float[1,2,4,4] x) => (float[1,3,3,3] y) <${theta}, ${weight('w', [3, 2, 1, 1])}, ${weight('b', [3])},` +
  ` float[3] sw = {0.008, 0.0079, 0.007}, int8[3] zw = {0, 0, 0}>` +
  ` { ${pair('x', 'a')} wq = QuantizeLinear <axis = 0> (w, sw, zw) wd = DequantizeLinear <axis = 0> (wq, sw, zw)` +
  ` c = Conv (a, wd, b) ${pair('c', 'd', 't', 'v')} y = MaxPool <kernel_shape = [2, 2]> (d) }`;

test('scales of training are kept, weights become codes, and codes go on through what only moves or compares', () => {
  const before = inferred(trained);
  const m = inferred(trained);
  const { overrides, left, weights } = takeOverCodes(new Editor(m));
  expect([...overrides].map(([name, o]) => [name, o.scale, o.zeroPoint])).toEqual([
    ['x', Math.fround(0.02), 120],
    ['c', Math.fround(0.05), 100],
  ]);
  expect([left, weights]).toEqual([[], 1]);
  expect(ops(m)).toEqual(['DequantizeLinear', 'Conv', 'MaxPool']);
  // No data is needed: what training did not say stays a float.
  quantizeModel(m, onnxruntimeCpu, [], { overrides });
  expect(verifyModel(m).map((f) => f.message)).toEqual([]);
  const quantizes = [...m.graph.nodes()].filter((n) => n.is('QuantizeLinear'));
  expect(quantizes.map((n) => [n.inputs[0]?.name.replace(/_float$/, ''), n.inputs[1]?.name])).toEqual([
    ['x', 'x_scale'],
    ['c', 'c_scale'],
    ['y', 'c_scale'],
  ]);
  expect(output(m)).toEqual(output(before));
  expect(quantizeBiases(new Editor(m))).toBe(1);
  expect(quantizeBiases(new Editor(m))).toBe(0);
  const bias = [...m.graph.nodes()].find((n) => n.is('Conv'))?.inputs[2]?.producer;
  expect(bias?.inputs[0]?.tensor?.dtype).toBe('int32');
  const worst = output(m).map((v, i) => Math.abs(v - (output(before)[i] ?? 0)));
  expect(Math.max(...worst)).toBeLessThanOrEqual(0.0501);
});

test('a pair for each reader of a value is one pair', () => {
  const text =
    `(float[4,4] x) => (float[4,3] y, float[4,3] r) <${theta}, ${weight('w', [4, 3])}, ${weight('u', [4, 3])}>` +
    ` { ${pair('x', 'a')} ${pair('x', 'b')} r = MatMul (a, w) y = MatMul (b, u) }`;
  const m = inferred(text);
  const { overrides } = takeOverCodes(new Editor(m));
  expect([...overrides.keys()]).toEqual(['x']);
  expect(ops(m)).toEqual(['MatMul', 'MatMul']);
  quantizeModel(m, onnxruntimeCpu, [], { overrides });
  expect(ops(m).filter((op) => op === 'QuantizeLinear').length).toBe(1);
});

test('values with different scales for different readers stay as they are written, and are named', () => {
  const text = `(float[4] x) => (float[4] y) <${theta}> { ${pair('x', 'a')} ${pair('x', 'b', 't', 'v')} r = Relu (a) y = Add (r, b) }`;
  const m = inferred(text);
  const expected = nodes(m);
  expect(takeOverCodes(new Editor(m))).toMatchObject({ overrides: new Map(), left: ['x'], weights: 0 });
  expect(nodes(m)).toBe(expected);
});

test('codes that are clipped are narrow, and their zero point must be among them', () => {
  const text = (zero: number): string =>
    `(float[4] x) => (float[4] y) <float s = {0.5}, int8 z = {${zero}}, int8 low = {-127}, int8 high = {127}>` +
    ' { q = QuantizeLinear (x, s, z) c = Clip (q, low, high) d = DequantizeLinear (c, s, z) y = Neg (d) }';
  const m = inferred(text(0));
  const [found] = takeOverCodes(new Editor(m)).overrides.values();
  expect(found).toEqual({
    format: { dtype: 'int8', symmetric: true, powerOfTwo: true, narrow: true },
    scale: 0.5,
    zeroPoint: 0,
  });
  expect(ops(m)).toEqual(['Neg']);
  expect(() => takeOverCodes(new Editor(inferred(text(-128))))).toThrow('zero point -128');
});

test('a scale that is not positive is an error, and nothing is changed', () => {
  for (const scale of ['0', '-1']) {
    const text = `(float[4] x) => (float[4] y) <float s = {${scale}}, uint8 z = {0}> { ${pair('x', 'a')} y = Neg (a) }`;
    const m = inferred(text);
    const expected = nodes(m);
    expect(() => takeOverCodes(new Editor(m))).toThrow('scale');
    expect(nodes(m)).toBe(expected);
  }
});

test('an output keeps its name when its pair goes', () => {
  const m = inferred(`(float[4] x) => (float[4] y) <${theta}> { r = Relu (x) ${pair('r', 'y')} }`);
  const { overrides } = takeOverCodes(new Editor(m));
  expect(m.graph.outputs.map((v) => v.name)).toEqual(['y']);
  expect([...overrides.keys()]).toEqual(['y']);
  expect(ops(m)).toEqual(['Relu']);
});

test('codes in the file that stand for data bind what they are joined with', () => {
  const text =
    `(float[1,4] x) => (float[1,3] y) <${theta}, ${weight('w', [8, 3])},` +
    ` ${constant('k', [1, 4], [0, 50, 100, 200], 'uint8')}>` +
    ' { d = DequantizeLinear (k, s, z) j = Concat <axis = 1> (x, d) y = MatMul (j, w) }';
  const m = inferred(text);
  const { overrides } = takeOverCodes(new Editor(m));
  expect(ops(m)).toEqual(['Concat', 'MatMul']);
  const { classes } = quantizeModel(m, onnxruntimeCpu, [], { overrides });
  const joined = classes.classes.find((c) => c.points.some((p) => p.key === 'j'));
  expect(joined?.points.map((p) => p.key)).toContain('x');
  expect(joined?.theta.scale).toBe(Math.fround(0.02));
  expect(
    [...m.graph.initializers].filter((v) => v.tensor?.dtype === 'uint8' && v.tensor.size === 4).length,
  ).toBe(1);
});

test('what was quantized, taken over and quantized again is the same (P3, P16)', () => {
  let pairs = 0;
  fc.assert(
    fc.property(nets, (net) => {
      const m = modelOf(net);
      quantizeModel(m, integerOnly, samplesOf(net));
      const sorted = (): readonly string[] => nodes(m).split('\n').toSorted();
      const expected = sorted();
      const feeds = samplesOf(net)[0] ?? new Map();
      const before = [...createSession(m).run(feeds).values()];
      const { overrides, left } = takeOverCodes(new Editor(m));
      pairs += overrides.size;
      quantizeModel(m, integerOnly, [], { overrides });
      expect([...createSession(m).run(feeds).values()]).toEqual(before);
      if (left.length === 0) expect(sorted().map(plain)).toEqual(expected.map(plain));
    }),
    { numRuns: 40 },
  );
  expect(pairs).toBeGreaterThan(40);
});

/** The operator of a node, for graphs that may differ in names. */
function plain(line: string): string {
  return line.replace(/.* = (\w+).*/, '$1');
}
