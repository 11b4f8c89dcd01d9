import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { drawn, expectClose, type NodeText, type Plain, runBoth } from './both-tiers.ts';
import { kernelsOf } from './kernels-of.ts';

/** Numbers of all sizes, with the special ones among them. */
function wide(count: number, span: number): NdArray {
  const special = [
    0,
    -0,
    1,
    -1,
    Number.NaN,
    Infinity,
    -Infinity,
    1e-40,
    -1e-40,
    3e38,
    -3e38,
    88.7,
    89,
    -87,
    -104,
  ];
  const near = drawn([count], 5).data as Float32Array;
  return fromReals('float32', [count + special.length], [...special, ...Array.from(near, (x) => x * span)]);
}

const functions: readonly { op: string; attributes?: Readonly<Record<string, Plain>>; domain?: string }[] = [
  { op: 'Relu' },
  { op: 'Exp' },
  { op: 'Sigmoid' },
  { op: 'Tanh' },
  { op: 'Erf' },
  { op: 'Gelu' },
  { op: 'Gelu', domain: 'com.microsoft' },
  { op: 'Gelu', attributes: { approximate: 'tanh' } },
  { op: 'HardSigmoid', attributes: { alpha: 0.3, beta: 0.4 } },
  { op: 'HardSwish' },
  { op: 'LeakyRelu', attributes: { alpha: 0.1 } },
  { op: 'Sqrt' },
  { op: 'Reciprocal' },
  { op: 'Neg' },
  { op: 'Abs' },
];

test.each(functions)(
  '$op $attributes $domain over all magnitudes',
  ({ op, attributes = {}, domain = '' }) => {
    for (const span of [1, 10, 100]) {
      const x = wide(3000, span);
      const [both] = runBoth({
        nodes: [{ op, inputs: ['x'], output: 'y', attributes, domain }],
        inputs: { x },
      });
      if (!both) throw new Error('no result');
      // Gelu of a large negative number is the difference of nearly equal ones.
      expectClose(both, 4, op === 'Gelu' ? 4e-7 * span : 5e-7);
    }
  },
);

test('Pow with a constant exponent, of which some are products', () => {
  const x = wide(300, 3);
  for (const exponent of [2, 3, 0.5, -1]) {
    const constants = { k: fromReals('float32', [], [exponent]) };
    const [both] = runBoth({
      nodes: [{ op: 'Pow', inputs: ['x', 'k'], output: 'y' }],
      inputs: { x },
      constants,
    });
    if (both) expectClose(both, 2, 0);
  }
});

test('Clip with bounds, without, and with NaN as a bound', () => {
  const x = wide(100, 3);
  for (const bounds of [['lo', 'hi'], ['lo'], ['', 'hi'], [], ['nan']]) {
    const scalars = { lo: -0.5, hi: 0.25, nan: Number.NaN };
    const constants = Object.fromEntries(
      Object.entries(scalars).map(([k, v]) => [k, fromReals('float32', [], [v])]),
    );
    const [both] = runBoth({
      nodes: [{ op: 'Clip', inputs: ['x', ...bounds], output: 'y' }],
      inputs: { x },
      constants,
    });
    expect(both?.fast.data).toEqual(both?.reference.data);
  }
});

const sizes = fc.constantFrom(1, 2, 3, 4, 5, 8, 17);

test('two operands that broadcast in every way', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'),
      fc.array(fc.tuple(sizes, fc.constantFrom('both', 'a', 'b')), { maxLength: 5 }),
      fc.nat(5),
      fc.boolean(),
      fc.constantFrom('', 'Relu', 'Tanh'),
      (op, axes, missing, constant, then) => {
        const a = drawn(
          axes.map(([size, who]) => (who === 'b' ? 1 : size)),
          1,
        );
        const b = drawn(
          axes.map(([size, who]) => (who === 'a' ? 1 : size)).slice(Math.min(missing, axes.length)),
          2,
        );
        const nodes: NodeText[] = [{ op, inputs: ['a', 'b'], output: 'y' }];
        if (then) nodes.push({ op: then, inputs: ['y'], output: 'z' });
        const [both] = runBoth(
          constant ? { nodes, inputs: { a }, constants: { b } } : { nodes, inputs: { a, b } },
        );
        if (!both) throw new Error('no result');
        expectClose(both, then === 'Tanh' ? 4 : 0, then === 'Tanh' ? 5e-7 : 0);
      },
    ),
    { numRuns: 120 },
  );
});

test.each(['float16', 'bfloat16'] as const)('results of %s are rounded to it', (dtype) => {
  const values = [
    0,
    -0,
    1,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    65504,
    65519.99,
    65520,
    7e4,
    -1e6,
    6e-8,
    2e-8,
    2.9e-8,
    1e-5,
    3e38,
  ];
  const x = fromReals(
    'float32',
    [values.length + 4000],
    [...values, ...(drawn([4000], 3).data as Float32Array)],
  );
  const cast = { op: 'Cast', inputs: ['x'], output: 'y', attributes: { to: dtype === 'float16' ? 10 : 16 } };
  for (const nodes of [
    [cast],
    [cast, { op: 'Add', inputs: ['y', 'y'], output: 'z' }, { op: 'Abs', inputs: ['z'], output: 'v' }],
  ]) {
    const [both] = runBoth({ nodes, inputs: { x } });
    expect(both?.fast.data).toEqual(both?.reference.data);
  }
});

test.each(['bool', 'int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32'] as const)(
  'Cast of %s to float32, whether anybody fed it or computed it',
  (dtype) => {
    const least = dtype.startsWith('i') ? -1 : 1;
    const values = dtype === 'bool' ? [0, 1, 1] : [0, 1, least, 127, 16777217, 2 ** 31 - 65];
    const x = fromReals(dtype, [values.length], values);
    const nodes = [
      { op: 'Identity', inputs: ['x'], output: 'same' },
      { op: 'Cast', inputs: ['same'], output: 'f', attributes: { to: 1 } },
      { op: 'Neg', inputs: ['f'], output: 'y' },
    ];
    const text = { nodes, inputs: { x } };
    expect(kernelsOf(text)).toContain('cast');
    for (const both of runBoth(text)) expect(both.fast.data).toEqual(both.reference.data);
  },
);
