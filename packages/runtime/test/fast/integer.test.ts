import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NdArray } from '../../src/tensor/nd-array.ts';
import { fromReals } from '../../src/tensor/reals.ts';
import { drawn, expectClose, type Plain, runBoth } from './both-tiers.ts';

type CodeType = 'int8' | 'uint8';

/** Codes of the whole range. */
function codes(dims: readonly number[], seed: number, dtype: CodeType): NdArray {
  const values = Array.from(drawn(dims, seed).data as Float32Array, (x) =>
    Math.round(x * 127.5 + (dtype === 'int8' ? -0.5 : 127.5)),
  );
  return fromReals(dtype, dims, values);
}

const scale = (x: number): NdArray => fromReals('float32', [], [x]);
const type = fc.constantFrom<CodeType>('int8', 'uint8');
const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.constantFrom(63, 64, 65, 130));

test('MatMulInteger and QLinearMatMul give the integers of the reference', () => {
  fc.assert(
    fc.property(
      size,
      size,
      size,
      type,
      type,
      fc.constantFrom('one', 'each', 'none'),
      fc.boolean(),
      fc.boolean(),
      (m, n, k, a, b, zeros, fed, q) => {
        const zero = zeros === 'each' ? [n] : [];
        const arrays = {
          a: codes([m, k], 1, a),
          b: codes([k, n], 2, b),
          az: codes(zeros === 'each' && m > 1 ? [m] : [], 3, a),
          bz: codes(zero, 4, b),
          as: scale(0.05),
          bs: scale(0.02),
          ys: scale(0.7),
          yz: codes([], 5, a),
        };
        const plain = zeros === 'none' && !q ? ['a', 'b'] : ['a', 'b', 'az', 'bz'];
        const inputs = q ? ['a', 'as', 'az', 'b', 'bs', 'bz', 'ys', 'yz'] : plain;
        const used = Object.fromEntries(Object.entries(arrays).filter(([name]) => inputs.includes(name)));
        const { a: x, ...constants } = used;
        const nodes = [{ op: q ? 'QLinearMatMul' : 'MatMulInteger', inputs, output: 'y' }];
        const [both] = runBoth(
          fed ? { nodes, inputs: used } : { nodes, inputs: { a: x ?? arrays.a }, constants },
        );
        expect(both?.fast.data).toEqual(both?.reference.data);
      },
    ),
    { numRuns: 60 },
  );
});

test('ConvInteger and QLinearConv give the integers of the reference', () => {
  const axis = fc.record({
    size: fc.integer({ min: 1, max: 9 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    stride: fc.integer({ min: 1, max: 2 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    begin: fc.nat(2),
    end: fc.nat(2),
  });
  fc.assert(
    fc.property(
      fc.array(axis, { minLength: 1, maxLength: 2 }),
      fc.constantFrom([1, 3, 5], [2, 2, 3], [4, 1, 1], [1, 16, 9]),
      type,
      type,
      fc.boolean(),
      fc.boolean(),
      (axes, [group = 1, inputs = 1, outputs = 1], a, b, each, q) => {
        fc.pre(axes.every((x) => x.size + x.begin + x.end >= (x.kernel - 1) * x.dilation + 1));
        const o = group * outputs;
        const x = codes([2, group * inputs, ...axes.map((d) => d.size)], 1, a);
        const constants: Record<string, NdArray> = {
          w: codes([o, inputs, ...axes.map((d) => d.kernel)], 2, b),
          xz: codes([], 3, a),
          wz: codes(each && o > 1 ? [o] : [], 4, b),
          xs: scale(0.05),
          ws: fromReals(
            'float32',
            each && o > 1 ? [o] : [],
            Array.from({ length: each && o > 1 ? o : 1 }, (_, i) => 0.01 + i / 100),
          ),
          ys: scale(1.3),
          yz: codes([], 5, a),
          bias: fromReals(
            'int32',
            [o],
            Array.from({ length: o }, (_, i) => i * 100 - 50),
          ),
        };
        const attributes: Record<string, Plain> = {
          group,
          strides: axes.map((d) => d.stride),
          dilations: axes.map((d) => d.dilation),
          pads: [...axes.map((d) => d.begin), ...axes.map((d) => d.end)],
        };
        const names = q ? ['x', 'xs', 'xz', 'w', 'ws', 'wz', 'ys', 'yz', 'bias'] : ['x', 'w', 'xz', 'wz'];
        const nodes = [{ op: q ? 'QLinearConv' : 'ConvInteger', inputs: names, output: 'y', attributes }];
        const [both] = runBoth({ nodes, inputs: { x }, constants });
        expect(both?.fast.data).toEqual(both?.reference.data);
      },
    ),
    { numRuns: 60 },
  );
});

test('QuantizeLinear and DequantizeLinear give the codes and the numbers of the reference, apart and in a row', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
      fc.constantFrom<'int8' | 'uint8' | 'int16'>('int8', 'uint8', 'int16'),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom('row', 'apart', 'blocks'),
      (dims, dtype, zeroed, same, kind) => {
        const special = [Number.NaN, Infinity, -Infinity, -0, 1e30, 0.25, -0.25, 0.75];
        const values = Array.from(drawn(dims, 1).data as Float32Array, (v, i) => special[i % 16] ?? v * 40);
        const zero = fromReals(dtype, [], [dtype === 'uint8' ? 128 : -3]);
        const constants = {
          s: scale(0.5),
          t: scale(same ? 0.5 : 0.25),
          z: zero,
          w: drawn([4, dims[1] ?? 1, 1, 1], 2),
        };
        const point = zeroed ? ['z'] : [];
        fc.pre(zeroed || dtype === 'uint8');
        const image = kind === 'blocks' && dims.length === 4;
        const nodes = [
          ...(image ? [{ op: 'Conv', inputs: ['x', 'w'], output: 'c' }] : []),
          { op: 'QuantizeLinear', inputs: [image ? 'c' : 'x', 's', ...point], output: 'q' },
          { op: 'DequantizeLinear', inputs: ['q', 't', ...point], output: 'd' },
          { op: 'Abs', inputs: ['d'], output: 'y' },
        ];
        const x = image ? drawn(dims, 1) : fromReals('float32', dims, values);
        const outputs = kind === 'apart' ? ['q', 'y'] : ['y'];
        const results = runBoth({ nodes, inputs: { x }, constants, outputs });
        // A sum that is rounded in another way may have the next code.
        if (!image) for (const { fast, reference } of results) expect(fast.data).toEqual(reference.data);
        else for (const both of results) expectClose(both, 0, same ? 0.5 : 0.25);
      },
    ),
    { numRuns: 120 },
  );
});
