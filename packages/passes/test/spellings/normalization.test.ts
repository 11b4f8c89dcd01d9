import { expect, test } from 'vitest';
import { weight } from '../support.ts';
import { combined, foldedOps, missed, type Spelling } from './spelling.ts';

/** An operand over the root of a variance, in several ways. */
const divisions: readonly ((x: string, variance: string) => string)[] = [
  (x, v) => `Div(${x}, Sqrt(${v}))`,
  (x, v) => `Mul(${x}, Reciprocal(Sqrt(${v})))`,
  (x, v) => `Mul(${x}, Div(1, Sqrt(${v})))`,
  (x, v) => `Mul(Pow(${v}, -0.5), ${x})`,
];

/** How a mean along the last axis is written, and in which opset and form of numbers. */
interface Manner extends Pick<Spelling, 'opset' | 'numbers' | 'dtype'> {
  readonly mean: (x: string) => string;
  /** Whether the deviation is computed twice. */
  readonly twice?: boolean;
}

const manners: readonly Manner[] = [
  { opset: 17, numbers: 'scalar', mean: (x) => `ReduceMean<axes = [-1]>(${x})` },
  { opset: 18, numbers: 'vector', mean: (x) => `ReduceMean(${x}, {2})` },
  { opset: 17, numbers: 'identity', mean: (x) => `ReduceMean<axes = [2], keepdims = 1>(${x})`, twice: true },
  { opset: 20, numbers: 'node', mean: (x) => `ReduceMean(${x}, {-1})`, dtype: 'float16' },
];

function parameters(dtype = 'float'): readonly string[] {
  return [weight('g', [8], dtype), weight('b', [8], dtype)];
}

function layerNorm(
  square: (d: string) => string,
  division: (x: string, variance: string) => string,
  manner: Manner,
): Spelling {
  const { mean, twice, ...form } = manner;
  const deviation = (name: string): string => `${name} = Sub(x, ${mean('x')})`;
  const other = twice ? 'e' : 'd';
  const formulas = [
    deviation('d'),
    ...(twice ? [deviation('e')] : []),
    `n = ${division('d', `Add(${mean(square(other))}, 0.001)`)}`,
    `y = ${twice ? 'Add(b, Mul(g, n))' : 'Add(Mul(n, g), b)'}`,
  ].join('\n');
  return { ...form, formulas, dims: '2,3,8', constants: parameters(form.dtype) };
}

const squares = [(d: string) => `Mul(${d}, ${d})`, (d: string) => `Pow(${d}, 2)`];

test('24 spellings of LayerNormalization', () => {
  const spellings = combined(squares, divisions.slice(0, 3), manners, [0], layerNorm);
  expect(spellings).toHaveLength(24);
  expect(missed('LayerNormalization', spellings)).toEqual([]);
});

test('48 spellings of RMSNormalization', () => {
  const scaled: readonly ((division: (x: string, v: string) => string, v: string) => string)[] = [
    (division, v) => `Mul(${division('x', v)}, g)`,
    (division, v) => `Mul(g, ${division('x', v)})`,
    (division, v) => division('Mul(x, g)', v),
  ];
  const forms = [
    { numbers: 'scalar', mean: (s: string) => `ReduceMean(${s}, {-1})` },
    { numbers: 'vector', mean: (s: string) => `ReduceMean<keepdims = 1>(${s}, {2})` },
  ] as const;
  const spellings = combined(
    squares,
    divisions,
    scaled,
    forms,
    (square, division, scale, { numbers, mean }) => {
      const formulas = `y = ${scale(division, `Add(${mean(square('x'))}, 0.001)`)}`;
      return { formulas, numbers, dims: '2,3,8', constants: parameters(), opset: 23 };
    },
  );
  expect(spellings).toHaveLength(48);
  expect(missed('RMSNormalization', spellings)).toEqual([]);
});

/** LayerNormalization with places to spoil. */
const plain = {
  deviation: 'Sub(x, ReduceMean<axes = [-1]>(x))',
  square: 'Pow(d, 2)',
  variance: 'ReduceMean<axes = [-1]>(q)',
  kept: 'Add(v, 0.01)',
  quotient: 'Div(d, Sqrt(e))',
};

function spoilt(part: Partial<typeof plain>, more: Partial<Spelling> = {}): string {
  const { deviation, square, variance, kept, quotient } = { ...plain, ...part };
  const formulas = `d = ${deviation}; q = ${square}; v = ${variance}; e = ${kept}; n = ${quotient}; y = Add(Mul(n, g), b)`;
  return foldedOps({ formulas, dims: '2,3,8', constants: parameters(), opset: 17, ...more });
}

test('a sum with epsilon first is the same', () => {
  expect(spoilt({})).toBe('LayerNormalization');
  expect(spoilt({ kept: 'Add(0.01, v)' })).toBe('LayerNormalization');
});

const x = 'float[2,3,8] x';

test.for<readonly [string, Partial<typeof plain>, Partial<Spelling>]>([
  ['epsilon is an input', { kept: 'Add(v, eps)' }, { inputs: `${x}, float eps` }],
  ['the fourth power', { square: 'Pow(d, 4)' }, {}],
  ['the third power', { square: 'Pow(d, 3)' }, {}],
  ['the numerator is another tensor', { quotient: 'Div(z, Sqrt(e))' }, { inputs: `${x}, float[2,3,8] z` }],
  ['the variance is of another tensor', { square: 'Mul(d, z)' }, { inputs: `${x}, float[2,3,8] z` }],
  ['epsilon stands outside the root', { kept: 'Identity(v)', quotient: 'Div(d, Add(Sqrt(e), 0.01))' }, {}],
  ['the deviation is divided twice', { quotient: 'Div(d, e)' }, {}],
  ['the variance has another axis', { variance: 'ReduceMean<axes = [1]>(q)' }, {}],
  ['the mean has another axis', { deviation: 'Sub(x, ReduceMean<axes = [1]>(x))' }, {}],
  ['the variance is a sum', { variance: 'ReduceSum(q, {-1})' }, {}],
  ['the variance is unbiased', { variance: 'Div(ReduceSum(q, {-1}), 7)' }, {}],
  ['the mean drops its axis', { variance: 'ReduceMean<axes = [-1], keepdims = 0>(q)' }, { dims: '8,8,8' }],
])('no LayerNormalization where %s', ([, part, more]) => {
  expect(spoilt(part, more)).not.toMatch(/LayerNormalization/);
});

test('mean(x) - x in the numerator is its negative', () => {
  const deviation = 'Sub(ReduceMean<axes = [-1]>(x), x)';
  expect(spoilt({ deviation })).not.toMatch(/LayerNormalization/);
  // Of the square the sign does not matter, but it does of the quotient.
  const square = 'Pow(Sub(x, ReduceMean<axes = [-1]>(x)), 2)';
  expect(spoilt({ deviation, square })).not.toBe('LayerNormalization');
});

test.for([
  ['[4,1]', 'float[4,1] g = {1,2,3,4}', '2,4,8'],
  ['[2,1,1]', 'float[2,1,1] g = {1,2}', '2,3,8'],
  ['one number', 'float[1] g = {2}', '2,3,8'],
] as const)('a scale of %s stays outside', ([, g, dims]) => {
  expect(spoilt({}, { dims, constants: [g, weight('b', [8])] })).toMatch(/^LayerNormalization Mul/);
});

test('a scale that widens the result is none', () => {
  const wide = { constants: [weight('g', [3, 1, 1, 8]), weight('b', [8])], outputs: 'float[3,2,3,8] y' };
  expect(spoilt({}, wide)).toMatch(/^LayerNormalization Mul/);
});
