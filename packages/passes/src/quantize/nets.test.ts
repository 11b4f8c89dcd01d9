import { Editor, inferModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { model } from '../../test/support.ts';
import type { Classes, Statistics } from './classes/form-classes.ts';
import type { QuantizedClass } from './classes/quantized-class.ts';
import { type CollectOptions, collectConstraints } from './constraints/collect.ts';
import { classesFor } from './settle.ts';
import { Histogram } from './statistics/histogram.ts';
import { onnxruntimeCpu as fullCpu, integerOnly, tflite } from './targets/index.ts';
import type { Target } from './targets/target.ts';
import { thetaOf } from './theta/theta.ts';

/** These nets have nothing but what is on codes where its surroundings are. */
const onnxruntimeCpu: Target = { ...fullCpu, anchors: undefined };

/** Numbers spread evenly between -reach and reach. */
function even(reach: number): Histogram {
  return Histogram.of(Float32Array.from({ length: 4_001 }, (_, i) => ((i - 2_000) / 2_000) * reach));
}

function seen(reaches: Readonly<Record<string, number>>): Statistics {
  return new Map(Object.entries(reaches).map(([name, reach]) => [name, even(reach)]));
}

function classes(text: string, target: Target, statistics: Statistics, options?: CollectOptions): Classes {
  const m = model(text);
  inferModel(new Editor(m));
  return classesFor(collectConstraints(m, target, options), target, statistics);
}

/** The class of the definition of a value. */
function at(formed: Classes, value: string): QuantizedClass {
  const found = formed.classes.find((c) => c.points.some((p) => p.key === value));
  if (!found) throw new Error(`no class of ${value}`);
  return found;
}

const scaleAt = (formed: Classes, value: string): number => at(formed, value).theta.scale;
const codes = (formed: Classes): readonly string[] => formed.diagnostics.map((d) => d.code);

const concat = '(float[1,8] a, float[1,8] b) => (float[1,16] y) { y = Concat <axis = 1> (a, b) }';

test('E1: a branch a thousand times smaller keeps a scale of its own where the target lets it', () => {
  const formed = classes(concat, onnxruntimeCpu, seen({ a: 0.01, b: 10, y: 10 }));
  expect(scaleAt(formed, 'a')).toBeCloseTo(0.02 / 255, 8);
  expect(at(formed, 'b')).toBe(at(formed, 'y'));
  expect(codes(formed)).toContain('refused');
});

test('E1: where Concat must have one scale, the report names the branch that is left with a level or two', () => {
  const formed = classes(concat, { ...tflite, requantizes: false }, seen({ a: 0.01, b: 10, y: 10 }));
  expect(at(formed, 'a')).toBe(at(formed, 'y'));
  const member = at(formed, 'y').members.find((m) => m.value === 'a');
  // Its own scale would lose 1e-5; the signal is lost altogether, and no metric of y as a whole shows it.
  expect(member?.levels).toBeLessThan(1);
  expect(member?.loss).toBe(1);
  expect(member?.lossAlone).toBeLessThan(1e-4);
  expect(member?.step).toEqual({ step: 'wider-codes', dtype: 'int16' });
  expect(formed.diagnostics.find((d) => d.code === 'starved')?.message).toContain("Concat-inputs at 'y'");
});

test('E1: a target that can requantize on the way to a use does so there', () => {
  const formed = classes(concat, tflite, seen({ a: 0.01, b: 10, y: 10 }));
  expect(scaleAt(formed, 'a')).toBeCloseTo(0.02 / 255, 8);
  expect(at(formed, 'a => y[0]')).toBe(at(formed, 'y'));
});

const overlapping =
  '(float[1,8] a, float[1,8] b, float[1,8] c) => (float[1,16] y, float[1,16] z)' +
  ' { y = Concat <axis = 1> (a, b) z = Concat <axis = 1> (b, c) }';

test('E2: overlapping Concats are one class where there is no requantizing (a peer: 3 scales)', () => {
  const statistics = seen({ a: 1, b: 3, c: 10, y: 3, z: 10 });
  const formed = classes(overlapping, integerOnly, statistics);
  expect(new Set(['a', 'b', 'c', 'y', 'z'].map((v) => at(formed, v))).size).toBe(1);
  expect(scaleAt(formed, 'a')).toBe(2 ** -3);
});

test('E3: nested Concats are one class, so that numbers are rounded once (a peer: three scales on the way of a)', () => {
  const formed = classes(
    '(float[1,8] a, float[1,8] b, float[1,8] c) => (float[1,24] y)' +
      ' { t = Concat <axis = 1> (a, b) y = Concat <axis = 1> (t, c) }',
    tflite,
    seen({ a: 2, b: 3, t: 3, c: 5, y: 5 }),
  );
  expect(scaleAt(formed, 'a')).toBe(Math.fround(10 / 255));
  expect(new Set(['a', 'b', 't', 'c', 'y'].map((v) => at(formed, v))).size).toBe(1);
});

test('E4: the order of nodes does not decide what is quantized (a peer: MaxPool only when Concat comes first)', () => {
  const pool = 'p = MaxPool <kernel_shape = [2]> (a)';
  const join = 'y = Concat <axis = 1> (a, b)';
  const head = '(float[1,2,4] a, float[1,2,4] b) => (float[1,2,3] p, float[1,4,4] y)';
  const statistics = seen({ a: 1, b: 2, p: 0.9, y: 2 });
  for (const target of [onnxruntimeCpu, tflite, integerOnly]) {
    const [x, y] = [`${pool} ${join}`, `${join} ${pool}`].map((nodes) =>
      classes(`${head} { ${nodes} }`, target, statistics),
    );
    expect(x).toEqual(y);
    expect(x && at(x, 'p')).toBe(x && at(x, 'a'));
  }
});

test('E5: a chain of movements keeps the scale (a peer: 0.00784 before, 0.00654 with zero point 102 after)', () => {
  const formed = classes(
    '(float[1,2,4] a) => (float[1,6,2] y) <int64[6] pads = {0, 0, 0, 0, 2, 0}>' +
      ' { p = MaxPool <kernel_shape = [2], pads = [0, 1]> (a) t = Transpose <perm = [0, 2, 1]> (p) y = Pad (t, pads) }',
    onnxruntimeCpu,
    new Map([
      ['a', even(1)],
      ['p', Histogram.of([-0.6, 1])],
      ['t', Histogram.of([-0.6, 1])],
      ['y', Histogram.of([-0.6, 1])],
    ]),
  );
  expect(new Set(['a', 'p', 't', 'y'].map((v) => at(formed, v))).size).toBe(1);
  expect(scaleAt(formed, 't')).toBeCloseTo(2 / 255, 7);
});

test('E6: an activation is fused only when nothing else reads what is before it', () => {
  const conv = '(float[1,1,4] x) => (Y) <float[2,1,1] w = {1, -1}> { c = Conv (x, w) r = Relu (c) REST }';
  const statistics = new Map([...seen({ x: 1, c: 1, y: 1, r: 1 }), ['w', Histogram.of([1, -1])]]);
  const fused = classes(conv.replace('Y', 'float[1,2,4] r').replace('REST', ''), onnxruntimeCpu, statistics);
  expect(() => at(fused, 'c')).toThrow();
  expect(at(fused, 'r').members.map((m) => m.value)).toEqual(['r']);
  const shared = classes(
    conv.replace('Y', 'float[1,4,4] y').replace('REST', 'y = Concat <axis = 1> (c, r)'),
    onnxruntimeCpu,
    statistics,
  );
  expect(at(shared, 'c')).toBe(at(shared, 'y'));
});

test('E7: what a loop carries has one scale inside, outside and from round to round (a peer: none inside)', () => {
  const formed = classes(
    '(int64 n, bool go, float[4] x) => (float[4] y) { y = Loop <body = body' +
      ' (int64 i, bool c, float[4] s) => (bool d, float[4] t) { d = Identity (c) t = Add (s, s) }> (n, go, x) }',
    integerOnly,
    new Map([...seen({ x: 1, y: 8 }), ['y.body -> s', even(4)], ['y.body -> t', even(8)]]),
  );
  expect(new Set(['x', 'y', 'y.body -> s', 'y.body -> t'].map((v) => at(formed, v))).size).toBe(1);
  expect(scaleAt(formed, 'x')).toBe(2 ** -3);
});

test('E7: where one state of a loop stays on floats, the others have one scale all the same', () => {
  const formed = classes(
    '(int64 n, bool go, float[4] x, float[4] z) => (float[4] y, float[4] w) { y, w = Loop <body = body' +
      ' (int64 i, bool c, float[4] s, float[4] u) => (bool d, float[4] t, float[4] v)' +
      ' { d = Identity (c) t = Add (s, s) v = Hardmax (u) }> (n, go, x, z) }',
    integerOnly,
    new Map([...seen({ x: 1, y: 8, z: 1, w: 1 }), ['y.body -> s', even(4)], ['y.body -> t', even(8)]]),
  );
  expect(new Set(['x', 'y', 'y.body -> s', 'y.body -> t'].map((v) => at(formed, v))).size).toBe(1);
  expect(() => at(formed, 'y.body -> v')).toThrow('no class');
});

const masked = (fill: string): string =>
  `(float[2,4] x) => (float[2,4] y) <float[2,4] mask = {0, ${fill}, 0, 0, 0, 0, ${fill}, 0}>` +
  ' { s = Add (x, mask) y = Softmax (s) }';

test('E8: the filling of a mask does not take the codes of the scores (a peer: scale 3.92e6)', () => {
  for (const [text, fill] of [
    ['-1e9', -1e9],
    ['-3.4e38', -3.4e38],
  ] as const) {
    const scores = Histogram.merged([even(4), Histogram.of([fill, fill])]);
    const statistics = new Map([
      ['x', even(4)],
      ['s', scores],
      ['y', Histogram.of([0, 1])],
      ['mask', Histogram.of([0, fill])],
    ]);
    const formed = classes(masked(text), onnxruntimeCpu, statistics);
    // What is masked has to be far below what is not: the scores end at -4, the codes at -8.
    expect(scaleAt(formed, 's')).toBeCloseTo(12 / 255, 3);
    expect(at(formed, 'mask => s[1]')).toBe(at(formed, 's'));
  }
});

test('E8: where scores reach far below zero themselves, a filling changes nothing', () => {
  const scores = Histogram.merged([even(16), Histogram.of([-1e9])]);
  const statistics = new Map([...seen({ x: 16, y: 1 }), ['s', scores], ['mask', Histogram.of([0, -1e9])]]);
  const formed = classes(masked('-1e9'), onnxruntimeCpu, statistics);
  expect(scaleAt(formed, 's')).toBeCloseTo(32 / 255, 2);
});

const computed = (mask: string, more = ''): string =>
  `(float[N,N] x, float[N,N] keep) => (float[N,N] y${more}) <int64 one = {1}, float fill = {-1e9}>` +
  ` { n = Shape (x) ${mask} s = Add (x, mask) y = Softmax (s) }`;
const filled = 'f = ConstantOfShape <value = float[1] {-inf}> (n) mask = Trilu <upper = 1> (f, one)';

test('E8: a mask of infinities that is filled in, and one that is multiplied, are masks as well', () => {
  for (const [text, fill] of [
    [computed(filled), Number.NEGATIVE_INFINITY],
    [computed('mask = Mul (keep, fill)'), -1e9],
  ] as const) {
    const scores = Histogram.merged([even(4), Histogram.of([fill])]);
    const masks = ['mask', 'f', 'fill'].map((name) => [name, Histogram.of([0, fill])] as const);
    const statistics = new Map([...seen({ x: 4, keep: 1, y: 1 }), ['s', scores], ...masks]);
    const formed = classes(text, integerOnly, statistics);
    expect(scaleAt(formed, 's')).toBe(2 ** -4);
    expect(at(formed, 'mask')).toBe(at(formed, 's'));
  }
});

test('E8: what somebody else reads too is no mask', () => {
  const scores = Histogram.merged([even(4), Histogram.of([Number.NEGATIVE_INFINITY])]);
  const statistics = new Map([...seen({ x: 4, y: 1, f: 1 }), ['s', scores], ['mask', scores]]);
  const formed = classes(computed(filled, ', float[N,N] mask'), integerOnly, statistics);
  expect(formed.diagnostics.map((d) => d.code)).toContain('non-finite');
});

test('E8: a mild bias is no filling', () => {
  const statistics = new Map([
    ['x', even(4)],
    ['s', even(14)],
    ['y', Histogram.of([0, 1])],
    ['mask', Histogram.of([0, -10])],
  ]);
  const formed = classes(masked('-10'), onnxruntimeCpu, statistics);
  expect(scaleAt(formed, 's')).toBeCloseTo(28 / 255, 6);
});

test('E9: infinities and NaN are said, and nothing is written (a peer: scale inf, without a word)', () => {
  for (const odd of [Number.POSITIVE_INFINITY, Number.NaN]) {
    const statistics = new Map([...seen({ b: 1, y: 1 }), ['a', Histogram.of([1, odd])]]);
    const formed = classes(concat, integerOnly, statistics);
    expect(formed.classes).toEqual([]);
    expect(formed.diagnostics.map((d) => [d.code, d.at])).toEqual([['non-finite', 'a']]);
  }
});

test('E10: an override binds the whole class (a peer: y keeps 0.0235)', () => {
  const format = { dtype: 'uint8', symmetric: false, powerOfTwo: false, narrow: false } as const;
  const theta = { format, scale: Math.fround(0.05), zeroPoint: 128 };
  const overrides = new Map([['a', theta]]);
  const formed = classes(concat, onnxruntimeCpu, seen({ a: 2.5, b: 3, y: 3 }), { overrides });
  expect(['a', 'b', 'y'].map((v) => at(formed, v).theta)).toEqual([theta, theta, theta]);
});

test('E10: overrides that contradict each other are a cut where one is possible, with both reasons', () => {
  const format = { dtype: 'int8', symmetric: true, powerOfTwo: true, narrow: false } as const;
  const overrides = new Map([
    ['a', thetaOf({ min: -1, max: 1 }, format)],
    ['b', thetaOf({ min: -4, max: 4 }, format)],
  ]);
  const formed = classes(concat, integerOnly, seen({ a: 1, b: 4, y: 4 }), { overrides });
  const cut = formed.diagnostics.find((d) => d.code === 'cut');
  expect(cut?.message).toContain("override at 'a'");
  expect(cut?.message).toContain("override at 'b'");
  expect(at(formed, 'a').theta).toEqual(overrides.get('a'));
  expect(at(formed, 'b').theta).toEqual(overrides.get('b'));
});

test('E11: the table of the target says which operators run on codes, and people are told what stays a float', () => {
  const text = '(float[4] a, float[4] b) => (float[4] y) { t = Min (a, b) y = Add (t, b) }';
  const statistics = seen({ a: 1, b: 2, t: 1, y: 3 });
  const onCpu = classes(text, onnxruntimeCpu, statistics);
  expect(onCpu.classes.flatMap((c) => c.points.map((p) => p.key))).not.toContain('a => t[0]');
  expect(
    new Set(['a', 'b', 't', 'y'].map((v) => at(classes(text, integerOnly, statistics), v).theta.scale)).size,
  ).toBe(1);
});

test('shapes, indices and truth values have no points (P12)', () => {
  const m = model(
    '(float[2,3] x, int64[2] i, bool[2,3] c) => (float[3,2] y, bool[2,3] d)' +
      ' { s = Shape (x) r = Gather (s, i) y = Reshape (x, r) d = Not (c) }',
  );
  inferModel(new Editor(m));
  const { table } = collectConstraints(m, integerOnly);
  // Shape reads x, but not as numbers that could be codes.
  expect(table.points.map((p) => p.key).sort()).toEqual(['x', 'x => s[0]', 'x => y[0]', 'y']);
  const formed = classesFor(collectConstraints(m, integerOnly), integerOnly, seen({ x: 1, y: 1 }));
  expect(formed.classes.flatMap((c) => c.points.map((p) => p.key))).toEqual(['x', 'x => y[0]', 'y']);
});

test('weights have a scale a channel, biases follow from data and weights', () => {
  const text =
    '(float[1,1,4] x) => (float[1,2,4] y) <float[2,1,1] w = {1, -2}, float[2] b = {1, 2}> { y = Conv (x, w, b) }';
  const constants: Statistics = new Map([
    ['w', Histogram.of([1, -2])],
    ['b', Histogram.of([1, 2])],
  ]);
  const formed = classes(text, onnxruntimeCpu, new Map([...seen({ x: 1, y: 3 }), ...constants]));
  expect(at(formed, 'w => y[1]').grain).toEqual({ kind: 'axis', axis: 0 });
  expect(formed.derived.map((d) => [d.point, d.from])).toEqual([['b => y[2]', [['x => y[0]', 'w => y[1]']]]]);
});
