import { expect, test } from 'vitest';
import { combined, foldedOps, missed, type Spelling } from './spelling.ts';

/** x, the half and the gate in every bracketing that sources and exporters write. */
const products: readonly ((gate: string) => string)[] = [
  (g) => `Mul(Mul(x, ${g}), 0.5)`,
  (g) => `Mul(Mul(x, 0.5), ${g})`,
  (g) => `Mul(x, Mul(${g}, 0.5))`,
  (g) => `Mul(Mul(0.5, ${g}), x)`,
  (g) => `Mul(0.5, Mul(x, ${g}))`,
  (g) => `Mul(${g}, Mul(0.5, x))`,
  (g) => `Div(Mul(x, ${g}), 2)`,
  (g) => `Mul(x, Div(${g}, 2))`,
  (g) => `Mul(Div(x, 2), ${g})`,
  (g) => `Mul(${g}, Div(x, 2))`,
  (g) => `Mul(Mul(x, ${g}), Reciprocal(2))`,
];

const byErf = combined(
  products,
  ['Erf(Div(x, 1.4142135))', 'Erf(Mul(x, 0.70710678))', 'Erf(Mul(0.70710678, x))'],
  [
    { numbers: 'scalar', sum: (erf: string) => `Add(${erf}, 1)` },
    { numbers: 'vector', sum: (erf: string) => `Add(1, ${erf})` },
  ] as const,
  [20],
  (product, erf, { numbers, sum }, opset): Spelling => {
    return { formulas: `y = ${product(sum(erf))}`, numbers, opset };
  },
);

test('66 spellings of Gelu by Erf', () => {
  expect(byErf).toHaveLength(66);
  expect(missed('Gelu', byErf)).toEqual([]);
});

test.for(['1.4142', '1.41'])('sqrt 2 written as %s is another function', (root) => {
  const formulas = `y = Mul(Mul(x, Add(Erf(Div(x, ${root})), 1)), 0.5)`;
  expect(foldedOps({ formulas, opset: 20 })).toMatch(/Erf/);
  expect(foldedOps({ formulas, opset: 20, exactness: 'approximate' })).toBe('Gelu');
});

test('constants may be rounded to a small type, and stand behind Identity or a cast', () => {
  const formulas = 'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135623730951)), 1)), 0.5)';
  const cast = formulas.replace('1.4142135623730951', 'Cast<to=10>(r)');
  const spellings: readonly Spelling[] = [
    { formulas, opset: 20, dtype: 'float16' },
    { formulas, opset: 20, dtype: 'bfloat16' },
    { formulas, opset: 20, numbers: 'identity' },
    { formulas, opset: 20, numbers: 'node', dtype: 'float16' },
    { formulas: cast, opset: 20, dtype: 'float16', constants: ['float r = {1.4142135}'] },
  ];
  expect(missed('Gelu', spellings)).toEqual([]);
});

test('parts may be computed twice, in any float type, by any of several formulas', () => {
  const spellings: readonly Spelling[] = [
    {
      formulas: 'h = Relu(x); g = Relu(x); y = Mul(Mul(h, 0.5), Add(Erf(Mul(g, 0.70710678)), 1))',
      opset: 20,
    },
    { formulas: 'h = Mul(x, 0.5); r = Relu(x); y = Add(Mul(h, Erf(Mul(x, 0.70710678))), h)', opset: 20 },
    { formulas: 'y = Mul(x, Add(Mul(Erf(Mul(x, 0.70710678)), 0.5), 0.5))', opset: 20 },
    { formulas: 'y = Mul(Mul(0.5, x), Sub(1, Erf(Mul(Neg(x), 0.70710678))))', opset: 20 },
  ];
  expect(spellings.map(foldedOps)).toEqual(['Relu Gelu', 'Gelu', 'Gelu', 'Gelu']);
  // Engines compute Gelu in float32 at best.
  const formulas = 'y = Mul(Mul(x, Add(Erf(Div(x, 1.4142135623730951)), 1)), 0.5)';
  expect(foldedOps({ formulas, opset: 20, dtype: 'double' })).toMatch(/Erf/);
});

const byTanh = combined(
  ['Pow(x, 3)', 'Mul(Mul(x, x), x)', 'Mul(x, Mul(x, x))', 'Mul(Pow(x, 2), x)'],
  products.slice(0, 3),
  [
    (cube: string) => `Mul(Add(x, Mul(${cube}, 0.044715)), 0.7978846)`,
    (cube: string) => `Mul(0.7978846, Add(Mul(0.044715, ${cube}), x))`,
  ],
  ['scalar', 'identity'] as const,
  (cube, product, argument, numbers): Spelling => {
    return { formulas: `y = ${product(`Add(Tanh(${argument(cube)}), 1)`)}`, numbers, opset: 20 };
  },
);

test('48 spellings of Gelu by Tanh', () => {
  expect(byTanh).toHaveLength(48);
  expect(missed('Gelu', byTanh)).toEqual([]);
});
