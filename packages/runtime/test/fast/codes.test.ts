import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { arrayOf, drawn, type GraphText, modelOf, type NodeText } from './both-tiers.ts';

type CodeType = 'int8' | 'uint8';

/** Codes of the whole range. */
function codes(dims: readonly number[], dtype: CodeType, seed = 1): NdArray {
  const shift = dtype === 'int8' ? -0.5 : 127.5;
  return fromReals(
    dtype,
    dims,
    Array.from(reals(drawn(dims, seed)), (x) => Math.round(x * 127.5 + shift)),
  );
}

const scales = (count: number | undefined): NdArray =>
  fromReals(
    'float32',
    count === undefined ? [] : [count],
    Array.from({ length: count ?? 1 }, (_, i) => 0.01 + i / 997),
  );

/** How the weights of a node are made of codes, as other nodes. */
interface Making {
  readonly nodes: readonly NodeText[];
  readonly constants: Readonly<Record<string, NdArray>>;
}

const dequantized = (w: NdArray, scale: NdArray, zero?: NdArray, axis = 1): Making => ({
  nodes: [
    {
      op: 'DequantizeLinear',
      inputs: zero ? ['c', 's', 'z'] : ['c', 's'],
      output: 'w',
      attributes: { axis },
    },
  ],
  constants: zero ? { c: w, s: scale, z: zero } : { c: w, s: scale },
});

const multiplied = (w: NdArray, scale: NdArray): Making => ({
  nodes: [
    { op: 'Cast', inputs: ['c'], output: 'f', attributes: { to: 1 } },
    { op: 'Mul', inputs: ['s', 'f'], output: 'w' },
  ],
  constants: { c: w, s: scale },
});

/** The weights that a making gives, by the reference kernels. */
function numbersOf({ nodes, constants }: Making): NdArray {
  return arrayOf(
    createSession(modelOf({ nodes, inputs: {}, constants }))
      .run({})
      .get('w'),
  );
}

/** Runs a node on weights made of codes, and on the same weights as numbers. */
function expectSame(
  making: Making,
  node: NodeText,
  x: NdArray,
  more: Readonly<Record<string, NdArray>> = {},
): void {
  const run = (text: GraphText): NdArray => {
    const session = createSession(modelOf(text), { tier: 'fast' });
    session.run(text.inputs);
    return arrayOf(session.run(text.inputs).get('y'));
  };
  const made = run({
    nodes: [...making.nodes, node],
    inputs: { x },
    constants: { ...making.constants, ...more },
  });
  const plain = run({ nodes: [node], inputs: { x }, constants: { w: numbersOf(making), ...more } });
  expect(made.data).toEqual(plain.data);
}

const matmul: NodeText = { op: 'MatMul', inputs: ['x', 'w'], output: 'y' };
const gemm = (transB: number, alpha = 1): NodeText => ({
  op: 'Gemm',
  inputs: ['x', 'w'],
  output: 'y',
  attributes: { transB, alpha },
});

test.each<CodeType>(['int8', 'uint8'])(
  'products with weights of %s are those with the numbers, to the bit',
  (dtype) => {
    const w = codes([300, 21], dtype);
    const turned = codes([21, 300], dtype);
    const x = drawn([70, 300], 2);
    const each = codes([21], dtype, 3);
    const rows = codes([300], dtype, 4);
    const one = codes([], dtype, 5);
    expectSame(dequantized(w, scales(21), each), matmul, x);
    expectSame(dequantized(w, scales(undefined), one), matmul, x);
    expectSame(dequantized(w, scales(21)), gemm(0), x);
    expectSame(dequantized(turned, scales(21), each, 0), gemm(1), x);
    // Scales along the sum, and factors of all weights, are for numbers.
    expectSame(dequantized(w, scales(300), rows, 0), matmul, x);
    expectSame(dequantized(w, scales(21), each), gemm(0, 0.3), x);
    expectSame(multiplied(w, fromReals('float32', [1, 21], reals(scales(21)))), matmul, x);
    expectSame(multiplied(w, scales(undefined)), matmul, x);
  },
);

test.each<CodeType>(['int8', 'uint8'])('convolutions with weights of %s likewise', (dtype) => {
  const conv = (group: number): NodeText => ({
    op: 'Conv',
    inputs: ['x', 'w'],
    output: 'y',
    attributes: { group, strides: [2, 2] },
  });
  const zeros = codes([12], dtype, 3);
  for (const [channels, group, kernel] of [
    [8, 1, 1],
    [8, 2, 3],
    [3, 1, 3],
    [12, 12, 3],
  ] as const) {
    const x = drawn([2, channels, 9, 10], 2);
    const w = codes([12, channels / group, kernel, kernel], dtype);
    expectSame(dequantized(w, scales(12), zeros, 0), conv(group), x);
    expectSame(dequantized(w, scales(12), undefined, 0), conv(group), x);
  }
});

test('BatchNormalization folded into such weights is not rounded to their scales', () => {
  const of = (seed: number): NdArray => drawn([8], seed);
  const more = {
    scale: of(3),
    shift: of(4),
    mean: of(5),
    var: fromReals('float32', [8], new Array(8).fill(1)),
  };
  const making = dequantized(codes([8, 8, 1, 1], 'int8'), scales(8), undefined, 0);
  const nodes: readonly NodeText[] = [
    { op: 'Conv', inputs: ['x', 'w'], output: 'sum' },
    { op: 'BatchNormalization', inputs: ['sum', 'scale', 'shift', 'mean', 'var'], output: 'y' },
  ];
  const inputs = { x: drawn([1, 8, 6, 6], 1) };
  const run = (text: GraphText): NdArray =>
    arrayOf(createSession(modelOf(text), { tier: 'fast' }).run(inputs).get('y'));
  const made = run({
    nodes: [...making.nodes, ...nodes],
    inputs,
    constants: { ...making.constants, ...more },
  });
  const plain = run({ nodes, inputs, constants: { w: numbersOf(making), ...more } });
  expect(made.data).toEqual(plain.data);
});

test('weights of 8 bits take 8 bits a number', () => {
  const x = drawn([4, 256], 2);
  const weightsOf = (text: GraphText): number => {
    const session = createSession(modelOf(text), { tier: 'fast' });
    session.run(text.inputs);
    return session.memoryUse()?.weights ?? 0;
  };
  const { nodes, constants } = dequantized(codes([256, 512], 'int8'), scales(512));
  const narrow = weightsOf({ nodes: [...nodes, matmul], inputs: { x }, constants });
  const wide = weightsOf({ nodes: [matmul], inputs: { x }, constants: { w: drawn([256, 512], 1) } });
  // Each panel of 8 columns has a head of 64 bytes.
  expect(wide - narrow).toBe(3 * 256 * 512 - (512 / 8) * 64);
  const integers = weightsOf({
    nodes: [{ op: 'MatMulInteger', inputs: ['q', 'c'], output: 'y' }],
    inputs: { q: codes([4, 256], 'uint8') },
    constants: { c: codes([256, 512], 'int8') },
  });
  expect(integers).toBeLessThan(narrow);
});
