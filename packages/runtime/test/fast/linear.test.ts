import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Profile } from '../../src/profile/profile.ts';
import { createSession } from '../../src/session/session.ts';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import {
  arrayOf,
  drawn,
  expectClose,
  expectWithinBound,
  type GraphText,
  magnitudesOf,
  modelOf,
  runBoth,
} from './both-tiers.ts';

type Arrays = Readonly<Record<string, NdArray>>;

/** Runs a product on both tiers; the bound comes from the product of absolute values. */
function check(text: GraphText, terms: number): void {
  const [both] = runBoth(text);
  if (!both) throw new Error('no result');
  const absolute = (arrays: Arrays = {}): Arrays =>
    Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, magnitudesOf(array)]));
  const sums = { ...text, inputs: absolute(text.inputs), constants: absolute(text.constants) };
  const [magnitudes] = createSession(modelOf(sums)).run(sums.inputs).values();
  expectWithinBound(both, arrayOf(magnitudes), terms + 2);
}

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(31, 64, 65, 100));

test('matrices and stacks of matrices, constant or not, with edges that no tile fits', () => {
  const stack = fc.constantFrom<readonly (readonly number[])[]>(
    [[], []],
    [[3], []],
    [[2, 3], [3]],
    [
      [2, 1],
      [1, 3],
    ],
    [[1], [2]],
    [[], [2, 2]],
    [
      [2, 2],
      [1, 1],
    ],
  );
  fc.assert(
    fc.property(
      size,
      size,
      fc.oneof(size, fc.constantFrom(255, 256, 257, 600)),
      stack,
      fc.boolean(),
      (m, n, k, stacks, fed) => {
        const a = drawn([...(stacks[0] ?? []), m, k], 1);
        const b = drawn([...(stacks[1] ?? []), k, n], 2);
        const nodes = [{ op: 'MatMul', inputs: ['a', 'b'], output: 'y' }];
        check(fed ? { nodes, inputs: { a, b } } : { nodes, inputs: { a }, constants: { b } }, k);
      },
    ),
    { numRuns: 60 },
  );
});

test('vectors on either side of a matrix', () => {
  for (const [a, b] of [
    [[5], [5, 9]],
    [[7, 5], [5]],
    [[5], [5]],
    [[5], [3, 5, 9]],
  ] as const) {
    check(
      {
        nodes: [{ op: 'MatMul', inputs: ['a', 'b'], output: 'y' }],
        inputs: { a: drawn(a, 1), b: drawn(b, 2) },
      },
      5,
    );
  }
});

test('Gemm with transposed operands, factors, and all that C may be', () => {
  fc.assert(
    fc.property(
      size,
      size,
      size,
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom('none', 'columns', 'row', 'one', 'rows', 'full'),
      fc.constantFrom(1, 0.5, -2),
      fc.boolean(),
      (m, n, k, transA, transB, form, factor, fed) => {
        const shapes = { none: [], columns: [n], row: [1, n], one: [1], rows: [m, 1], full: [m, n] };
        const a = drawn(transA ? [k, m] : [m, k], 1);
        const b = drawn(transB ? [n, k] : [k, n], 2);
        const c = drawn(shapes[form as keyof typeof shapes], 3);
        const attributes = {
          alpha: factor,
          beta: Math.abs(factor),
          transA: Number(transA),
          transB: Number(transB),
        };
        const inputs = form === 'none' ? ['a', 'b'] : ['a', 'b', 'c'];
        const nodes = [
          { op: 'Gemm', inputs, output: 'y', attributes: { ...attributes, alpha: Math.abs(factor) } },
        ];
        check(fed ? { nodes, inputs: { a, b, c } } : { nodes, inputs: { a }, constants: { b, c } }, 2 * k);
      },
    ),
    { numRuns: 60 },
  );
});

test('a bias, a residual and an activation after a product', () => {
  const chain = (last: string): GraphText => ({
    nodes: [
      { op: 'MatMul', inputs: ['a', 'b'], output: 'p' },
      { op: 'Add', inputs: ['bias', 'p'], output: 'q' },
      { op: 'Add', inputs: ['q', 'r'], output: 's' },
      { op: last, inputs: ['s'], output: 'y' },
    ],
    inputs: { a: drawn([2, 3, 13], 1), r: drawn([2, 3, 10], 4) },
    constants: { b: drawn([13, 10], 2), bias: drawn([10], 3) },
  });
  for (const last of ['Relu', 'Abs', 'Neg', 'Identity']) {
    const text = chain(last);
    const [both] = runBoth(text);
    if (!both) throw new Error('no result');
    const sums = {
      ...chain('Abs'),
      inputs: { a: magnitudesOf(drawn([2, 3, 13], 1)), r: magnitudesOf(drawn([2, 3, 10], 4)) },
    };
    const constants = { b: magnitudesOf(drawn([13, 10], 2)), bias: magnitudesOf(drawn([10], 3)) };
    const [magnitudes] = createSession(modelOf({ ...sums, constants }))
      .run(sums.inputs)
      .values();
    expectWithinBound(both, arrayOf(magnitudes), 16);
  }
});

test('one number that is added serves products of several widths', () => {
  const nodes = [{ op: 'Gemm', inputs: ['a', 'b', 'c'], output: 'y' }];
  const feeds = (n: number): Arrays => ({ a: drawn([3, 4], 1), b: drawn([4, n], 2) });
  const model = modelOf({ nodes, inputs: feeds(5), constants: { c: drawn([1], 3) } });
  const fast = createSession(model, { tier: 'fast', checkShapes: false });
  const reference = createSession(model, { checkShapes: false });
  for (const n of [5, 30, 2]) {
    const got = arrayOf(fast.run(feeds(n)).get('y'));
    expectClose({ fast: got, reference: arrayOf(reference.run(feeds(n)).get('y')), session: fast }, 4, 1e-6);
  }
});

test('convolutions in other groups may share their weights', () => {
  const pads = [1, 1, 1, 1];
  const [both] = runBoth({
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], output: 'p', attributes: { group: 1, pads } },
      { op: 'Conv', inputs: ['z', 'w'], output: 'q', attributes: { group: 2, pads } },
      { op: 'Add', inputs: ['p', 'q'], output: 'y' },
    ],
    inputs: { x: drawn([1, 4, 5, 5], 1), z: drawn([1, 8, 5, 5], 2) },
    constants: { w: drawn([8, 4, 3, 3], 3) },
  });
  if (both) expectClose(both, 4, 1e-5);
});

test('Gelu as exporters write it is one function of the product', () => {
  const scalar = (x: number): NdArray => fromReals('float32', [], [x]);
  const text: GraphText = {
    nodes: [
      { op: 'MatMul', inputs: ['a', 'b'], output: 'p' },
      { op: 'Add', inputs: ['bias', 'p'], output: 'x' },
      { op: 'Div', inputs: ['x', 'root'], output: 'd' },
      { op: 'Erf', inputs: ['d'], output: 'e' },
      { op: 'Add', inputs: ['e', 'one'], output: 's' },
      { op: 'Mul', inputs: ['x', 's'], output: 'm' },
      { op: 'Mul', inputs: ['m', 'half'], output: 'y' },
    ],
    inputs: { a: drawn([5, 13], 1) },
    constants: {
      ...{ b: drawn([13, 10], 2), bias: drawn([10], 3) },
      ...{ root: scalar(Math.SQRT2), one: scalar(1), half: scalar(0.5) },
    },
  };
  const [both] = runBoth(text);
  if (both) expectClose(both, 4, 4e-6);
  const profile = new Profile();
  both?.session.run(text.inputs, { profile });
  expect(profile.nodes.map((entry) => entry.kernel)).toEqual(['load', 'matmul', 'gelu']);
  // A value that something else needs is computed.
  for (const output of ['d', 'e', 's', 'm', 'x']) {
    for (const each of runBoth({ ...text, outputs: ['y', output] })) expectClose(each, 4, 4e-6);
  }
});
