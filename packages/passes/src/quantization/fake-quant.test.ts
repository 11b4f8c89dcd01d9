import { expect, test } from 'vitest';
import { constant, expectNodes, expectUnchanged, run, weight } from '../../test/support.ts';
import { foldFakeQuant } from './fake-quant.ts';

const setting = { exactness: 'approximate' } as const;

/** Data of four numbers, or three rows of two, that goes through the arithmetic. */
const graph = (constants: readonly string[], arithmetic: string, dims = '4'): string =>
  `(float[${dims}] x) => (float[${dims}] y) <${constants.join(', ')}> { ${arithmetic} }`;
const scalars = (numbers: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(numbers).map(([name, x]) => constant(name, [], [x]));

const pair = [
  'QuantizeLinear = QuantizeLinear (x, scale, zero_point)',
  'y = DequantizeLinear (QuantizeLinear, scale, zero_point)',
];
const part = [
  'QuantizeLinear = QuantizeLinear (x, scale, zero_point)',
  'Clip = Clip (QuantizeLinear, code, code_1)',
  'y = DequantizeLinear (Clip, scale, zero_point)',
];

/** Codes and parameters that the rewritten graph has. */
function parameters(text: string, opset = 18): Readonly<Record<string, readonly number[] | string>> {
  const { after } = run(foldFakeQuant, text, { ...setting, opset });
  const tensor = (name: string) => [...after.graph.initializers].find((v) => v.name === name)?.tensor;
  const zero = tensor('zero_point');
  const list = (name: string): readonly number[] => {
    const found = tensor(name);
    const bytes = found?.bytes().slice().buffer ?? new ArrayBuffer(0);
    if (found?.dtype === 'float32') return [...new Float32Array(bytes)];
    return [...(found?.dtype.startsWith('u') ? new Uint8Array(bytes) : new Int8Array(bytes))];
  };
  return {
    type: zero?.dtype ?? 'none',
    scale: list('scale'),
    zero: list('zero_point'),
    codes: [...list('code'), ...list('code_1')],
  };
}

const torch =
  'q = Div (x, s) r = Round (q) a = Add (r, z) c = Clip (a, low, high) d = Sub (c, z) y = Mul (d, s)';
const eight = { s: 0.125, z: 128, low: 0, high: 255 };

/** Spellings of one thing: uint8, scale 1/8, zero point 128. */
const spellings: Readonly<Record<string, readonly [arithmetic: string, Readonly<Record<string, number>>]>> = {
  'PyTorch, divided': [torch, eight],
  'PyTorch, multiplied by the reciprocal': [torch.replace('Div (x, s)', 'Mul (x, i)'), { ...eight, i: 8 }],
  'operands in the other order': [
    'q = Mul (i, x) r = Round (q) a = Add (z, r) c = Clip (a, low, high) d = Sub (c, z) y = Mul (s, d)',
    { ...eight, i: 8 },
  ],
  'divided by the reciprocal in the end': [torch.replace('Mul (d, s)', 'Div (d, i)'), { ...eight, i: 8 }],
  'zero point added before rounding': [
    'q = Div (x, s) a = Add (q, z) r = Round (a) c = Clip (r, low, high) d = Sub (c, z) y = Mul (d, s)',
    eight,
  ],
  'clipped before rounding': [
    'q = Div (x, s) a = Add (q, z) c = Clip (a, low, high) r = Round (c) d = Sub (r, z) y = Mul (d, s)',
    eight,
  ],
  'Max and Min': [
    'q = Div (x, s) r = Round (q) a = Add (r, z) l = Max (a, low) c = Min (high, l) d = Sub (c, z) y = Mul (d, s)',
    eight,
  ],
  'a negative zero point is added back': [torch.replace('Sub (c, z)', 'Add (c, m)'), { ...eight, m: -128 }],
  'TensorFlow: the data is clipped, and counted from the least number': [
    'c = Clip (x, low, high) a = Sub (c, low) q = Div (a, s) r = Round (q) b = Mul (r, s) y = Add (b, low)',
    { s: 0.125, low: -16, high: 15.875 },
  ],
  'gradients straight through rounding': [
    'q = Div (x, s) a = Add (q, z) c = Clip (a, low, high) r = Round (c) e = Sub (r, c) f = Add (e, c) d = Sub (f, z) y = Mul (d, s)',
    eight,
  ],
  'gradients straight through all of it': [
    `${torch.replace('y = ', 'w = ')} e = Sub (w, x) y = Add (x, e)`,
    eight,
  ],
};

test.for(Object.entries(spellings))('%s', ([, [arithmetic, numbers]]) => {
  const text = graph(scalars(numbers), arithmetic);
  expectNodes(foldFakeQuant, text, pair, setting);
  expect(parameters(text)).toEqual({ type: 'uint8', scale: [0.125], zero: [128], codes: [] });
});

test.for([11, 12, 13, 20])('opset %i; `Round` came with opset 11', (opset) => {
  expectNodes(foldFakeQuant, graph(scalars(eight), torch), pair, { ...setting, opset });
});

test('symmetric codes, as of learned step sizes, need no zero point', () => {
  const lsq = 'q = Div (x, s) c = Clip (q, low, high) r = Round (c) y = Mul (r, s)';
  const text = graph(scalars({ s: 0.125, low: -128, high: 127 }), lsq);
  expectNodes(foldFakeQuant, text, pair, setting);
  expect(parameters(text)).toEqual({ type: 'int8', scale: [0.125], zero: [0], codes: [] });
});

test.for([
  ['narrow', -127, 127, 0, 'int8'],
  ['4 bits with signs', -8, 7, 0, 'int8'],
  ['4 bits', 0, 15, 3, 'uint8'],
  ['7 bits', 0, 127, 64, 'uint8'],
] as const)('codes that are a part of a type are clipped: %s', ([, low, high, z, type]) => {
  const text = graph(scalars({ s: 0.125, z, low, high }), torch);
  expectNodes(foldFakeQuant, text, part, setting);
  expect(parameters(text)).toEqual({ type, scale: [0.125], zero: [z], codes: [low, high] });
});

test('a range of the data is a range of codes, from 0 on', () => {
  const tf =
    'c = Clip (x, low, high) a = Sub (c, low) q = Div (a, s) r = Round (q) b = Mul (r, s) y = Add (b, low)';
  const text = graph(scalars({ s: 0.5, low: -2, high: 5.5 }), tf);
  expect(parameters(text)).toEqual({ type: 'uint8', scale: [0.5], zero: [4], codes: [0, 15] });
});

test('codes between -10 and 245 are those of uint8, moved', () => {
  const text = graph(scalars({ s: 0.5, z: 0, low: -10, high: 245 }), torch);
  expectNodes(foldFakeQuant, text, pair, setting);
  expect(parameters(text)).toEqual({ type: 'uint8', scale: [0.5], zero: [10], codes: [] });
});

test('16 bits take opset 21', () => {
  const text = graph(scalars({ s: 0.001, z: 0, low: -32768, high: 32767 }), torch);
  expectUnchanged(foldFakeQuant, text, { ...setting, reason: 'type-not-in-opset' });
  expectNodes(foldFakeQuant, text, pair, { ...setting, opset: 21 });
});

test('channels have scales of their own', () => {
  const symmetric = 'q = Div (x, s) r = Round (q) c = Clip (r, low, high) y = Mul (c, s)';
  const ofScales = (scales: readonly number[]): string =>
    graph([constant('s', [3, 1], scales), ...scalars({ low: -128, high: 127 })], symmetric, '3,2');
  const expected = [
    'QuantizeLinear = QuantizeLinear <axis: int = 0> (x, scale, zero_point)',
    'y = DequantizeLinear <axis: int = 0> (QuantizeLinear, scale, zero_point)',
  ];
  expectNodes(foldFakeQuant, ofScales([0.125, 0.25, 0.5]), expected, setting);
  expect(parameters(ofScales([0.125, 0.25, 0.5]))).toMatchObject({
    scale: [0.125, 0.25, 0.5],
    zero: [0, 0, 0],
  });
  // Scales that are all one need no axis.
  expectNodes(foldFakeQuant, ofScales([0.5, 0.5, 0.5]), pair, setting);
  expectUnchanged(foldFakeQuant, ofScales([0.125, 0.25, 0.5]), {
    ...setting,
    opset: 12,
    reason: 'type-not-in-opset',
  });
});

test('scales may be computed from constants, those of weights from the weights', () => {
  const constants = [weight('w', [3, 2]), ...scalars({ m: 127, low: -127, high: 127, e: 0.5 })];
  const text = graph(
    [...constants, 'int64[1] one = {1}', 'int64 zero = {0}'],
    `a = Abs (w) t = ReduceMax (a, one) s = Div (t, m) q = Div (w, s) r = Round (q) c = Clip (r, low, high) d = Mul (c, s)
     z = Cast <to = 1> (zero) i = Reciprocal (e) f = Mul (x, i) g = Round (f) h = Add (g, z) k = Clip (h, low, high) l = Sub (k, z) v = Mul (l, e)
     y = MatMul (v, d)`,
    '3,3',
  ).replace('float[3,3] y', 'float[3,2] y');
  const { after } = run(foldFakeQuant, text, setting);
  const pairs = [...after.graph.nodes()].filter((n) => n.is('QuantizeLinear'));
  expect(pairs.map((n) => [n.inputs[0]?.name, n.inputs[1]?.tensor?.dims])).toEqual([
    ['w', [3]],
    ['x', []],
  ]);
});

/** Look-alikes: what is none of the spellings above stays. */
const others: Readonly<Record<string, readonly [arithmetic: string, Readonly<Record<string, number>>]>> = {
  'halves are rounded up': [
    'q = Div (x, s) h = Add (q, half) r = Floor (h) a = Add (r, z) c = Clip (a, low, high) d = Sub (c, z) y = Mul (d, s)',
    { ...eight, half: 0.5 },
  ],
  'half a step is added before rounding': [torch, { ...eight, z: 128.5 }],
  'another zero point on the way back': [torch.replace('Sub (c, z)', 'Add (c, z)'), eight],
  'another scale on the way back': [torch.replace('Mul (d, s)', 'Mul (d, t)'), { ...eight, t: 0.1251 }],
  'no bounds': ['q = Div (x, s) r = Round (q) y = Mul (r, s)', { s: 0.125 }],
  'one bound': ['q = Div (x, s) r = Round (q) c = Max (r, low) y = Mul (c, s)', { s: 0.125, low: 0 }],
  'bounds between codes': [torch, { ...eight, high: 200.5 }],
  'more codes than a type has': [torch, { ...eight, low: -70000, high: 70000 }],
  'the scale is taken from a constant': [torch.replace('Div (x, s)', 'Div (s, x)'), eight],
};

test.for(Object.entries(others))('something else: %s', ([, [arithmetic, numbers]]) => {
  expectUnchanged(foldFakeQuant, graph(scalars(numbers), arithmetic), { ...setting, opset: 21 });
});

test('scales that are no positive numbers, and zero points without a code, are refused by name', () => {
  for (const s of [-0.125, 0]) {
    expectUnchanged(foldFakeQuant, graph(scalars({ ...eight, s }), torch), { ...setting, reason: 'scale' });
  }
  expectUnchanged(foldFakeQuant, graph(scalars({ ...eight, z: 256 }), torch), {
    ...setting,
    reason: 'zero-point',
  });
});

test('scales along two axes, or that give the data another shape, are something else', () => {
  const symmetric = 'q = Div (x, s) r = Round (q) c = Clip (r, low, high) y = Mul (c, s)';
  const bounds = scalars({ low: -128, high: 127 });
  const two = [constant('s', [3, 2], [1, 2, 3, 4, 5, 6]), ...bounds];
  expectUnchanged(foldFakeQuant, graph(two, symmetric, '3,2'), setting);
  const wider = graph([constant('s', [3], [0.5, 1, 2]), ...bounds], symmetric, '1');
  expectUnchanged(foldFakeQuant, wider.replace('float[1] y', 'float[3] y'), setting);
});

test('a scale that a caller gives is not known', () => {
  const text = `(float[4] x, float s) => (float[4] y) <${scalars({ z: 128, low: 0, high: 255 }).join(', ')}> { ${torch} }`;
  expectUnchanged(foldFakeQuant, text, setting);
});

test('NaN has no code, so this is not done unless approximations are asked for', () => {
  expectUnchanged(foldFakeQuant, graph(scalars(eight), torch));
});
