import { type Model, parseModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawTensor } from '../../inputs/elements.ts';
import { Random } from '../../run/random.ts';
import { createSession } from '../../session/session.ts';
import type { NdArray } from '../../tensor/nd-array.ts';
import { fromReals, reals } from '../../tensor/reals.ts';
import type { EvaluatedNode } from './errors.ts';
import { nodeBounds, nodeErrors } from './node-errors.ts';
import { numbersOf, rerun, withNumbers } from './rerun.ts';

/** Operators whose kernels take float64, too: a node, and the shapes of its operands x, y and z. */
const cases: readonly (readonly [node: string, ...shapes: (readonly number[])[]])[] = [
  ['Add (x, y)', [3, 4], [4]],
  ['Sub (x, y)', [3, 4], [3, 1]],
  ['Mul (x, y)', [3, 4], [3, 4]],
  ['Div (x, y)', [3, 4], [3, 4]],
  ['Sqrt (x)', [20]],
  ['Exp (x)', [20]],
  ['Tanh (x)', [20]],
  ['Sigmoid (x)', [20]],
  ['Erf (x)', [20]],
  ['Softplus (x)', [20]],
  ['Gelu (x)', [20]],
  ['Relu (x)', [20]],
  ['LeakyRelu <alpha = 0.3> (x)', [20]],
  ['Max (x, y)', [3, 4], [4]],
  ['MatMul (x, y)', [3, 40], [40, 5]],
  ['Gemm <alpha = 0.7, beta = -1.3, transA = 1> (x, y, z)', [40, 3], [40, 5], [5]],
  ['Conv <pads = [1, 1, 1, 1]> (x, y, z)', [1, 4, 6, 6], [6, 4, 3, 3], [6]],
  ['Conv <group = 2, strides = [2]> (x, y)', [1, 4, 9], [6, 2, 3]],
  ['ConvTranspose <strides = [2]> (x, y)', [1, 4, 5], [4, 3, 3]],
  ['Einsum <equation = "bij,bjk->bik"> (x, y)', [2, 3, 9], [2, 9, 4]],
  ['ReduceMean (x)', [3, 50]],
  ['ReduceSumSquare (x)', [3, 50]],
  ['ReduceLogSumExp (x)', [3, 50]],
  ['Softmax (x)', [3, 50]],
  ['LogSoftmax <axis = 0> (x)', [50, 3]],
  ['AveragePool <kernel_shape = [3, 3]> (x)', [1, 2, 6, 6]],
  ['GlobalAveragePool (x)', [1, 2, 6, 6]],
  ['BatchNormalization (x, y, z, z, y)', [2, 3, 4], [3], [3]],
  ['LayerNormalization <axis = 1> (x, y, y)', [3, 40], [40]],
  ['RMSNormalization (x, y)', [3, 40], [40]],
  ['GroupNormalization <num_groups = 2> (x, y, z)', [2, 4, 5], [4], [4]],
  ['InstanceNormalization (x, y, z)', [2, 3, 9], [3], [3]],
  ['Transpose <perm = [1, 0]> (x)', [3, 4]],
  ['Concat <axis = 0> (x, y)', [3, 4], [2, 4]],
  ['Pow (x, y)', [20], [20]],
];

const names = ['x', 'y', 'z'];

function nodeOf(text: string, operands: readonly NdArray[]): EvaluatedNode {
  const dims = operands.map((a, i) => `float[${a.dims.join()}] ${names[i]}`);
  const model: Model = parseModel(
    `<ir_version: 10, opset_import: ["" : 23]> g (${dims.join(', ')}) => (r) { r = ${text} }`,
  );
  let found: EvaluatedNode | undefined;
  const feeds = Object.fromEntries(operands.map((a, i) => [names[i] ?? '', a]));
  createSession(model, { onNode: (event) => (found = event) }).run(feeds);
  if (!found) throw new Error('no node ran');
  return found;
}

function draw(shapes: readonly (readonly number[])[], seed: number, positive: boolean): readonly NdArray[] {
  const random = new Random(seed);
  return shapes.map((dims) => {
    const array = drawTensor('float32', dims, random);
    return positive
      ? fromReals(
          'float32',
          dims,
          Float64Array.from(reals(array), (v) => Math.abs(v) + 0.1),
        )
      : array;
  });
}

const numbers = (value: EvaluatedNode['outputs'][number]): ArrayLike<number> =>
  value?.kind === 'tensor' ? reals(value) : [];

/** Some take roots, or variances, of their operands. */
const needsPositive = /Sqrt|Pow|Batch/;

test.for(cases)(
  '%s: what float32 computes lies within its errors of what float64 does',
  ([text, ...shapes]) => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const node = nodeOf(text, draw(shapes, seed, needsPositive.test(text)));
        const [errors = 'unknown'] = nodeErrors(node);
        const exact = numbers(rerun(node, withNumbers(node, numbersOf))?.[0]);
        const got = numbers(node.outputs[0]);
        expect(exact).toHaveLength(got.length);
        for (let i = 0; i < got.length; i += 1) {
          const error = errors === 'none' ? 0 : errors === 'unknown' ? Number.NaN : (errors[i] ?? Number.NaN);
          expect(Math.abs((exact[i] ?? 0) - (got[i] ?? 0))).toBeLessThanOrEqual(error);
        }
      }),
      { numRuns: 20 },
    );
  },
);

test.for(cases)(
  '%s: operands that are off by their errors give results that are off by theirs',
  ([text, ...shapes]) => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const operands = draw(shapes, seed, needsPositive.test(text));
        const node = nodeOf(text, operands);
        const size = 1e-6;
        const off = node.inputs.map((v) => new Float64Array(numbers(v).length).fill(size));
        const [errors = 'unknown'] = nodeErrors(node, off);
        const random = new Random(seed);
        const moved = withNumbers(node, (a) =>
          Float64Array.from(reals(a), (v) => v + size * (2 * random.next() - 1)),
        );
        const got = numbers(rerun(node, moved)?.[0]);
        const want = numbers(node.outputs[0]);
        for (let i = 0; i < got.length; i += 1) {
          const error = errors instanceof Float64Array ? (errors[i] ?? Number.NaN) : Number.NaN;
          expect(Math.abs((want[i] ?? 0) - (got[i] ?? 0))).toBeLessThanOrEqual(error);
        }
      }),
      { numRuns: 10 },
    );
  },
);

test('a sum in another order stays within the bound, a wrong term does not', () => {
  const k = 512;
  const [x, y] = draw(
    [
      [1, k],
      [k, 1],
    ],
    7,
    false,
  );
  if (!x || !y) throw new Error('two operands');
  const node = nodeOf('MatMul (x, y)', [x, y]);
  const [bound] = nodeBounds(node);
  const want = numbers(node.outputs[0])[0] ?? Number.NaN;
  let sum = 0;
  for (let i = k - 1; i >= 0; i -= 1)
    sum = Math.fround(sum + Math.fround((reals(x)[i] ?? 0) * (reals(y)[i] ?? 0)));
  const allowed = bound?.[0] ?? 0;
  expect(sum).not.toBe(want);
  expect(Math.abs(sum - want)).toBeLessThan(allowed);
  // 2 gamma(512) sum|a||b| with a sum of about 512 * 0.64.
  expect(allowed).toBeGreaterThan(0.005);
  expect(allowed).toBeLessThan(0.05);
});

test('what is rounded correctly has nothing to differ in, and moved elements neither', () => {
  const [x, y] = draw([[4], [4]], 1, true);
  if (!x || !y) throw new Error('two operands');
  expect(nodeBounds(nodeOf('Div (x, y)', [x, y]))).toEqual([undefined]);
  expect(nodeBounds(nodeOf('Concat <axis = 0> (x, y)', [x, y]))).toEqual([undefined]);
  expect(nodeBounds(nodeOf('Exp (x)', [x]))[0]).toHaveLength(4);
});

test('a quantizer may go the other way exactly where the errors of its operand reach over a step', () => {
  const node = nodeOf('Cast <to = 7> (x)', [fromReals('float32', [3], [0.2, 0.9999999, 1.5])]);
  const [errors] = nodeErrors(node, [new Float64Array(3).fill(1e-6)]);
  expect(errors).toEqual(Float64Array.of(0, 2, 0));
});
