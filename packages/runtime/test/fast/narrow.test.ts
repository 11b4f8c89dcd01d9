import { expect, test } from 'vitest';
import { createSession } from '../../src/session/session.ts';
import { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals, reals } from '../../src/tensor/reals.ts';
import { drawn, expectClose, type GraphText, modelOf, runBoth } from './both-tiers.ts';

const types = ['float16', 'bfloat16'] as const;
type Narrow = (typeof types)[number];

const inType = (dtype: Narrow, array: NdArray): NdArray => fromReals(dtype, array.dims, reals(array));

test.each(types)('a product reads every value of weights of %s', (dtype) => {
  const patterns = new NdArray(
    dtype,
    [1, 65536],
    Uint16Array.from({ length: 65536 }, (_, i) => i),
  );
  const [both] = runBoth({
    nodes: [{ op: 'MatMul', inputs: ['a', 'w'], output: 'y' }],
    inputs: { a: fromReals(dtype, [1, 1], [1]) },
    constants: { w: patterns },
  });
  if (both) expectClose(both, 0, 0);
});

/** Products and convolutions of small integers: there is nothing to round, so both tiers agree bit for bit. */
function networks(dtype: Narrow): readonly GraphText[] {
  const integers = (dims: readonly number[], seed: number): NdArray => {
    const values = Array.from(reals(drawn(dims, seed)), (x) => Math.round(x * 3));
    return fromReals(dtype, dims, values);
  };
  const convolution = (group: number, kernel: number): GraphText => ({
    nodes: [
      { op: 'Conv', inputs: ['x', 'w', 'b'], output: 'c', attributes: { group, strides: [2, 2] } },
      { op: 'Relu', inputs: ['c'], output: 'y' },
    ],
    inputs: { x: integers([2, 8, 9, 10], 1) },
    constants: { w: integers([16, 8 / group, kernel, kernel], 2), b: integers([16], 3) },
  });
  const product = (transB: number, alpha: number): GraphText => ({
    nodes: [{ op: 'Gemm', inputs: ['x', 'w', 'b'], output: 'y', attributes: { transB, alpha } }],
    inputs: { x: integers([5, 19], 1) },
    constants: { w: integers(transB ? [13, 19] : [19, 13], 2), b: integers([13], 3) },
  });
  return [
    convolution(1, 1),
    convolution(1, 3),
    convolution(2, 3),
    product(0, 1),
    product(1, 1),
    product(0, 2),
  ];
}

test.each(types)('products and convolutions with weights of %s', (dtype) => {
  for (const network of networks(dtype)) {
    for (const both of runBoth(network)) expect(both.fast.data).toEqual(both.reference.data);
  }
});

test.each(types)('BatchNormalization folded into weights of %s is not rounded to them', (dtype) => {
  const of = (dims: readonly number[], seed: number): NdArray => inType(dtype, drawn(dims, seed));
  const ones = fromReals(dtype, [8], new Array(8).fill(1));
  const [both] = runBoth({
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], output: 'c' },
      { op: 'BatchNormalization', inputs: ['c', 'scale', 'shift', 'mean', 'var'], output: 'y' },
    ],
    inputs: { x: of([1, 8, 6, 6], 1) },
    constants: { w: of([8, 8, 1, 1], 2), scale: of([8], 3), shift: of([8], 4), mean: of([8], 5), var: ones },
  });
  // The reference rounds twice, to numbers of a magnitude of no more than 4.
  if (both) expectClose(both, 0, dtype === 'float16' ? 2 ** -8 : 2 ** -5);
});

test.each(types)('weights of %s take 16 bits a number', (dtype) => {
  const weightsOf = (w: NdArray): number => {
    const inputs = { a: fromReals(w.dtype, [4, 256], new Array(1024).fill(1)) };
    const nodes = [{ op: 'MatMul', inputs: ['a', 'w'], output: 'y' }];
    const session = createSession(modelOf({ nodes, inputs, constants: { w } }), { tier: 'fast' });
    session.run(inputs);
    return session.memoryUse()?.weights ?? 0;
  };
  const wide = drawn([256, 512], 1);
  expect(weightsOf(wide) - weightsOf(inType(dtype, wide))).toBe(2 * 256 * 512);
});

test.each(types)('so do those of %s that BatchNormalization is folded into', (dtype) => {
  const weightsOf = (type: NdArray['dtype']): number => {
    const of = (dims: readonly number[], seed: number): NdArray =>
      fromReals(type, dims, Array.from(reals(drawn(dims, seed)), Math.abs));
    const inputs = { x: of([1, 64, 4, 4], 1) };
    const text: GraphText = {
      nodes: [
        { op: 'Conv', inputs: ['x', 'w'], output: 'c' },
        { op: 'BatchNormalization', inputs: ['c', 's', 'b', 'm', 'v'], output: 'y' },
      ],
      inputs,
      constants: {
        w: of([128, 64, 1, 1], 2),
        s: of([128], 3),
        b: of([128], 4),
        m: of([128], 5),
        v: of([128], 6),
      },
    };
    const session = createSession(modelOf(text), { tier: 'fast' });
    session.run(inputs);
    return session.memoryUse()?.weights ?? 0;
  };
  // Each panel of 8 columns has a head of 64 bytes.
  expect(weightsOf('float32') - weightsOf(dtype)).toBe(2 * 64 * 128 - (128 / 8) * 64);
});
