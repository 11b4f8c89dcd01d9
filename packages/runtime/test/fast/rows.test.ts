import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { drawn, expectClose, type NodeText, runBoth } from './both-tiers.ts';

const dims = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });

test('Softmax along the last axis, and along several in old versions', () => {
  fc.assert(
    fc.property(dims, fc.nat(3), fc.constantFrom(11, 21), (shape, first, opset) => {
      const axis = opset === 21 ? -1 : first % shape.length;
      const nodes = [{ op: 'Softmax', inputs: ['x'], output: 'y', attributes: { axis } }];
      const [both] = runBoth({ nodes, inputs: { x: drawn(shape, 1) }, opset });
      if (both) expectClose(both);
    }),
    { numRuns: 60 },
  );
});

test('Softmax of infinities and NaN', () => {
  const inf = Number.POSITIVE_INFINITY;
  const x = fromReals(
    'float32',
    [5, 5],
    [
      ...[-inf, -inf, -inf, -inf, -inf],
      ...[1, -inf, 2, 3, -inf],
      ...[1, inf, 2, 3, 4],
      ...[1, 2, 3, 4, Number.NaN],
      ...[1000, 1001, -1000, 999, 1000.5],
    ],
  );
  const [both] = runBoth({ nodes: [{ op: 'Softmax', inputs: ['x'], output: 'y' }], inputs: { x } });
  if (both) expectClose(both);
});

test('LayerNormalization over the last axes, with a bias and without', () => {
  fc.assert(
    fc.property(dims, fc.nat(3), fc.boolean(), (shape, first, bias) => {
      const axis = first % shape.length;
      const rest = shape.slice(axis);
      const constants = { s: drawn(rest, 2), b: drawn(rest, 3) };
      const inputs = bias ? ['x', 's', 'b'] : ['x', 's'];
      const nodes = [{ op: 'LayerNormalization', inputs, output: 'y', attributes: { axis, epsilon: 0.01 } }];
      const [both] = runBoth({ nodes, inputs: { x: drawn(shape, 1) }, constants });
      if (both) expectClose(both, 16, 4e-6);
    }),
    { numRuns: 60 },
  );
});

test('RMSNormalization over the last axes', () => {
  fc.assert(
    fc.property(dims, fc.nat(3), (shape, first) => {
      const axis = first % shape.length;
      const nodes = [
        { op: 'RMSNormalization', inputs: ['x', 's'], output: 'y', attributes: { axis, epsilon: 0.01 } },
      ];
      const constants = { s: drawn(shape.slice(axis), 2) };
      const [both] = runBoth({ nodes, inputs: { x: drawn(shape, 1) }, constants, opset: 23 });
      if (both) expectClose(both, 4, 1e-7);
    }),
    { numRuns: 60 },
  );
});

test('reductions of the last axes, and of others', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('ReduceSum', 'ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceSumSquare', 'ReduceL2'),
      dims,
      fc.array(fc.nat(3), { maxLength: 4 }),
      fc.nat(1),
      (op, shape, some, keepdims) => {
        const axes = [...new Set(some.map((a) => a % shape.length))];
        const constants = { axes: fromReals('int64', [axes.length], axes) };
        const nodes = [{ op, inputs: ['x', 'axes'], output: 'y', attributes: { keepdims } }];
        const [both] = runBoth({ nodes, inputs: { x: drawn(shape, 1) }, constants });
        const count = shape.reduce((a, b) => a * b, 1);
        if (both) expectClose(both, 4, count * 2 ** -23);
      },
    ),
    { numRuns: 120 },
  );
});

test('Transpose in every order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 }),
      (shape, keys) => {
        const perm = shape.map((_, i) => i).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0));
        const nodes = [{ op: 'Transpose', inputs: ['x'], output: 'y', attributes: { perm } }];
        const [both] = runBoth({ nodes, inputs: { x: drawn(shape, 1) } });
        expect(both?.fast.data).toEqual(both?.reference.data);
      },
    ),
    { numRuns: 100 },
  );
});

test('Slice and Split along every axis', () => {
  const shape = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      shape,
      fc.nat(3),
      fc.nat(9),
      fc.nat(9),
      fc.constantFrom(1, 1, 2, -1),
      (dims, at, from, cut, step) => {
        const axis = at % dims.length;
        const size = dims[axis] ?? 1;
        const ints = (...values: number[]): NdArray => fromReals('int64', [values.length], values);
        const [start, part] = [from % size, cut % (size + 1)];
        const constants = {
          starts: ints(step < 0 ? -1 : start),
          ends: ints(step < 0 ? -20 : start + 1 + part),
          axes: ints(axis),
          steps: ints(step),
          parts: ints(part, size - part),
        };
        const nodes: NodeText[] = [
          { op: 'Exp', inputs: ['x'], output: 'e' },
          { op: 'Slice', inputs: ['e', 'starts', 'ends', 'axes', 'steps'], output: 's' },
          { op: 'Split', inputs: ['e', 'parts'], output: 'p', more: ['q'], attributes: { axis } },
        ];
        const outputs = ['s', 'p', 'q'];
        for (const both of runBoth({ nodes, inputs: { x: drawn(dims, 1) }, constants, outputs }))
          expectClose(both);
      },
    ),
    { numRuns: 100 },
  );
});

test('BatchNormalization of rows', () => {
  const one = (seed: number): NdArray =>
    fromReals(
      'float32',
      [7],
      Array.from({ length: 7 }, (_, i) => 0.5 + ((i * seed) % 3)),
    );
  const constants = { s: one(1), b: one(2), m: one(3), v: one(4) };
  const nodes = [{ op: 'BatchNormalization', inputs: ['x', 's', 'b', 'm', 'v'], output: 'y' }];
  const [both] = runBoth({ nodes, inputs: { x: drawn([5, 7], 1) }, constants });
  if (both) expectClose(both, 8, 1e-6);
});

test('Concat along every axis, of results and constants', () => {
  fc.assert(
    fc.property(
      dims,
      fc.nat(3),
      fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
      (shape, at, parts) => {
        const axis = at % shape.length;
        const arrays = parts.map((size, i) =>
          drawn(
            shape.map((d, a) => (a === axis ? size : d)),
            i,
          ),
        );
        const names = arrays.map((_, i) => `x${i}`);
        const nodes: NodeText[] = [{ op: 'Concat', inputs: names, output: 'y', attributes: { axis } }];
        const constant = Object.fromEntries(
          names.slice(1).flatMap((name, i) => (arrays[i + 1] ? [[name, arrays[i + 1]]] : [])),
        );
        const [first] = arrays;
        if (!first) return;
        const [both] = runBoth({
          nodes,
          inputs: { x0: first },
          constants: constant as Record<string, typeof first>,
        });
        expect(both?.fast.data).toEqual(both?.reference.data);
      },
    ),
    { numRuns: 60 },
  );
});
