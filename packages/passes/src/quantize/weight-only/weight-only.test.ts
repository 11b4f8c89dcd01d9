import { Editor, inferModel, type Model, type Tensor, tensorFloats, verifyModel } from '@refold/ir';
import { createSession, fromReals, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { constant, model, nodes, weight } from '../../../test/support.ts';
import { linearLayers } from '../layers/linear-layer.ts';
import { GramCollector } from '../round/gram.ts';
import type { WeightOnlyOptions } from './options.ts';
import { quantizeWeights } from './weight-only.ts';

function inferred(text: string, opset = 21): Model {
  const m = model(text, { opset });
  inferModel(new Editor(m));
  return m;
}

function output(m: Model, name = 'y'): readonly number[] {
  const feeds = makeInputs(m, undefined, { seed: 2 });
  const y = createSession(m).run(feeds).get(name);
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

function noise(exact: readonly number[], other: readonly number[]): number {
  const squares = (f: (i: number) => number): number => exact.reduce((sum, _, i) => sum + f(i) ** 2, 0);
  return squares((i) => (exact[i] ?? 0) - (other[i] ?? 0)) / squares((i) => exact[i] ?? 0);
}

const text = (k: number, node: string, dims: readonly [number, number]): string =>
  `(float[3,${k}] x) => (float[3,8] y) <${weight('w', dims)}, ${weight('b', [8])}> { ${node} }`;

function quantized(source: string, options: WeightOnlyOptions) {
  const [before, after] = [inferred(source), inferred(source)];
  const report = quantizeWeights(new Editor(after), { least: 1, ends: true, ...options });
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  return { after, report, loss: noise(output(before), output(after)) };
}

test('weights become codes in blocks along the axis that is summed over; the last block may be short', () => {
  for (const [node, k, dims, axis] of [
    ['y = MatMul (x, w)', 70, [70, 8], 0],
    ['y = Gemm <transB = 1> (x, w, b)', 70, [8, 70], 0],
    ['y = Gemm (x, w, b)', 64, [64, 8], 0],
  ] as const) {
    for (const [type, bound] of [
      ['int4', 2e-2],
      ['uint4', 2e-2],
      ['int8', 1e-4],
      ['uint8', 1e-4],
    ] as const) {
      const { after, report, loss } = quantized(text(k, node, dims), { type });
      const dequantize = [...after.graph.nodes()][0];
      expect(dequantize?.opType).toBe('DequantizeLinear');
      expect(
        [...(dequantize?.attributes.values() ?? [])].map((a) => [a.name, 'value' in a ? a.value : '']),
      ).toEqual([
        ['axis', axis],
        ['block_size', 32],
      ]);
      const [codes, scales, zeros] = (dequantize?.inputs ?? []).map((v) => v?.tensor);
      // Codes run over inputs first, which is what engines fuse.
      expect([codes?.dtype, codes?.dims]).toEqual([type, [k, 8]]);
      expect(scales?.dims).toEqual([Math.ceil(k / 32), 8]);
      expect(nodes(after)).not.toContain('transB');
      expect(zeros?.dtype).toBe(type.startsWith('u') ? type : undefined);
      expect(loss).toBeLessThan(bound);
      expect(loss).toBeGreaterThan(0);
      expect(report.bytesBefore).toBe(k * 8 * 4);
      expect(report.bytesAfter).toBeLessThan(report.bytesBefore * (type.endsWith('4') ? 0.3 : 0.45));
    }
  }
});

test('smaller blocks lose less, and rounding by moments loses less than rounding to the nearest', () => {
  const source = text(128, 'y = MatMul (x, w)', [128, 8]);
  const loss = (options: WeightOnlyOptions, of = source): number => quantized(of, options).loss;
  // A few of these are much larger than the rest.
  const tailed = Array.from({ length: 1024 }, (_, i) => Number((Math.sin(i * i) ** 9).toFixed(6)));
  const heavy = `(float[3,128] x) => (float[3,8] y) <${constant('w', [128, 8], tailed)}> { y = MatMul (x, w) }`;
  expect(loss({ block: 16 }, heavy)).toBeLessThan(0.85 * loss({ block: 128 }, heavy));
  const m = inferred(source);
  const layers = linearLayers(m.graph.nodes());
  const grams = new GramCollector(layers);
  createSession(m, { onNode: (event) => grams.see(event) }).run(makeInputs(m, undefined, { seed: 2 }));
  const [layer] = layers;
  const moments = layer && grams.of(layer);
  expect(loss({ grams: () => moments })).toBeLessThan(0.5 * loss({}));
});

test('codes are within half a step of the weights, in every block', () => {
  fc.assert(
    fc.property(fc.integer({ min: 16, max: 40 }), fc.integer({ min: 1, max: 50 }), (k, block) => {
      const source = `(float[${k},${k}] x) => (float[${k},3] y) <${weight('w', [k, 3])}> { y = MatMul (x, w) }`;
      const before = product(inferred(source), k);
      const m = inferred(source);
      quantizeWeights(new Editor(m), { least: 1, ends: true, block, type: 'int4' });
      const after = product(m, k);
      for (let c = 0; c < 3; c += 1) {
        for (let from = 0; from < k; from += block) {
          const rows = Array.from({ length: Math.min(block, k - from) }, (_, r) => (from + r) * 3 + c);
          const largest = Math.max(...rows.map((i) => Math.abs(before[i] ?? 0)));
          // Half a step of 1/7 of the largest weight of the block.
          for (const i of rows)
            expect(Math.abs((before[i] ?? 0) - (after[i] ?? 0))).toBeLessThanOrEqual(
              (largest / 14) * 1.000_01,
            );
        }
      }
    }),
    { numRuns: 40 },
  );
});

/** What a model of one product gives for the identity: its weight. */
function product(m: Model, k: number): readonly number[] {
  const elements = Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0));
  const y = createSession(m)
    .run(new Map([['x', fromReals('float32', [k, k], elements)]]))
    .get('y');
  return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
}

test('convolutions have blocks along all that an output channel is multiplied with; so have matrices at the left', () => {
  for (const [source, scaleDims] of [
    [
      `(float[1,8,6,6] x) => (float[1,16,4,4] y) <${weight('w', [16, 8, 3, 3])}> { y = Conv (x, w) }`,
      [16, 3],
    ],
    [`(float[1,64,4,4] x) => (float[1,8,4,4] y) <${weight('w', [8, 64, 1, 1])}> { y = Conv (x, w) }`, [8, 2]],
    [
      `(float[1,8,6,6] x) => (float[1,8,4,4] y) <${weight('w', [8, 1, 3, 3])}> { y = Conv <group = 8> (x, w) }`,
      [8, 1],
    ],
    [
      `(float[1,40,4] x) => (float[1,3,5] y) <${weight('w', [40, 3, 2])}> { y = ConvTranspose (x, w) }`,
      [2, 3, 2],
    ],
    [`(float[40,5] x) => (float[3,5] y) <${weight('w', [3, 40])}> { y = MatMul (w, x) }`, [3, 2]],
    [`(float[2,5,40] x) => (float[2,5,3] y) <${weight('w', [2, 40, 3])}> { y = MatMul (x, w) }`, [2, 2, 3]],
  ] as const) {
    const { after, report, loss } = quantized(source, { type: 'uint8' });
    expect(report.float, source).toEqual([]);
    const [dequantize] = [...after.graph.nodes()];
    expect(dequantize?.inputs[1]?.tensor?.dims, source).toEqual(scaleDims);
    expect(loss).toBeLessThan(2e-4);
    expect(loss).toBeGreaterThan(0);
  }
});

test('a weight that anything else reads as floats stays, and the report says why', () => {
  const m = inferred(
    `(float[2,8] x) => (float[2,8] y, float[8,8] z) <${weight('w', [8, 8])}> { y = MatMul (x, w) z = Relu (w) }`,
  );
  const { weights, float } = quantizeWeights(new Editor(m), { least: 1, ends: true });
  expect([weights, float.map(({ node, reason }) => [node.opType, reason])]).toEqual([
    0,
    [['MatMul', 'shared']],
  ]);
});

test('a table of 8 bits is looked up as codes, and never there as floats', () => {
  const source = `(int64[2,3] i) => (float[2,3,40] y) <${weight('t', [9, 40])}> { y = Gather (t, i) }`;
  const { after, loss } = quantized(source, { type: 'uint8', embeddings: true });
  expect([...after.graph.nodes()].map((n) => n.opType)).toEqual([
    'Gather',
    'Gather',
    'Gather',
    'DequantizeLinear',
  ]);
  expect(loss).toBeLessThan(1e-4);
  expect(loss).toBeGreaterThan(0);
});

test('the operators of ONNX Runtime read the same codes, packed output channel by output channel', () => {
  for (const type of ['int4', 'uint4', 'int8', 'uint8'] as const) {
    const bits = type.endsWith('4') ? 4 : 8;
    const mark = bits === 4 ? 8 : 128;
    for (const node of ['y = MatMul (x, w)', 'y = Gemm (x, w, b)', 'y = Gemm <transB = 1> (x, w, b)']) {
      const dims = node.includes('transB') ? ([8, 70] as const) : ([70, 8] as const);
      const source = text(70, node, dims);
      const [plain, packed] = [inferred(source), inferred(source)];
      const options: WeightOnlyOptions = { type, least: 1, ends: true };
      quantizeWeights(new Editor(plain), options);
      quantizeWeights(new Editor(packed), { ...options, format: 'matmulnbits', accuracyLevel: 4 });
      expect(verifyModel(packed).map((f) => f.message)).toEqual([]);
      expect(output(packed)).toEqual(output(plain));
      const [codes, scales, zeros] = [...plain.graph.nodes()][0]?.inputs.map((v) => v?.tensor) ?? [];
      const [made] = [...packed.graph.nodes()];
      expect([made?.domain, made?.opType, made?.inputs[5]?.name]).toEqual([
        'com.microsoft',
        'MatMulNBits',
        node.includes('Gemm') ? 'b' : undefined,
      ]);
      const [bytes, rows, packedZeros] = made?.inputs.slice(1, 4).map((v) => v?.tensor) ?? [];
      expect([bytes?.dims, rows?.dims]).toEqual([
        [8, 3, 4 * bits],
        [8, 3],
      ]);
      const unpacked = unpack(bytes, bits);
      const shift = type.startsWith('u') ? 0 : mark;
      const [wanted, scale] = [numbers(codes), numbers(scales)];
      const rowsZeros = unpack(packedZeros, bits);
      for (let n = 0; n < 8; n += 1) {
        for (let k = 0; k < 70; k += 1) expect(unpacked[n * 96 + k]).toBe((wanted[k * 8 + n] ?? 0) + shift);
        for (let b = 0; b < 3; b += 1) {
          expect(numbers(rows)[n * 3 + b]).toBe(scale[b * 8 + n]);
          if (zeros) expect(rowsZeros[n * (bits === 4 ? 4 : 3) + b]).toBe(numbers(zeros)[b * 8 + n]);
        }
      }
    }
  }
});

test('so do tables, which are looked up as codes', () => {
  const source = `(int64[2,3] i) => (float[2,3,72] y) <${weight('t', [9, 72])}> { y = Gather (t, i) }`;
  for (const type of ['int4', 'uint4', 'int8', 'uint8'] as const) {
    const [plain, packed] = [inferred(source), inferred(source)];
    const options: WeightOnlyOptions = { type, embeddings: true, least: 1 };
    quantizeWeights(new Editor(plain), options);
    quantizeWeights(new Editor(packed), { ...options, format: 'matmulnbits' });
    expect([...packed.graph.nodes()].map((n) => n.op)).toEqual(['com.microsoft.GatherBlockQuantized']);
    expect(output(packed)).toEqual(output(plain));
    expect(output(packed)).not.toEqual(output(inferred(source)));
  }
});

function numbers(tensor: Tensor | undefined): readonly number[] {
  return tensor ? Array.from(tensorFloats(tensor)) : [];
}

/** Codes of 4 bits lie low bits first. */
function unpack(tensor: Tensor | undefined, bits: number): readonly number[] {
  return numbers(tensor).flatMap((byte) => (bits === 8 ? [byte] : [byte & 15, byte >> 4]));
}

const three =
  `(int64[2] i) => (float[2,4] y) <${weight('t', [9, 40])}, ${weight('a', [40, 40])}, ${weight('b', [40, 40])}, ${weight('c', [40, 4])}>` +
  ' { g = Gather (t, i) p = MatMul (g, a) q = MatMul (p, b) y = MatMul (q, c) }';

test('with 4 bits the first and the last product stay, tables are left alone unless asked for', () => {
  const names = (options: WeightOnlyOptions): readonly string[] => {
    const m = inferred(three);
    quantizeWeights(new Editor(m), { least: 1, ...options });
    return [...m.graph.initializers]
      .flatMap((v) => (v.name.endsWith('_quantized') ? [v.name[0] ?? ''] : []))
      .toSorted();
  };
  expect(names({})).toEqual(['b']);
  expect(names({ type: 'int8' })).toEqual(['a', 'b', 'c']);
  expect(names({ embeddings: true })).toEqual(['b', 't']);
  expect(names({ ends: true, keep: (node) => node.outputs[0]?.name === 'q' })).toEqual(['a', 'c']);
  expect(names({ ends: true, least: 1000 })).toEqual(['a', 'b']);
});

test('a weight that two products read is one tensor of codes', () => {
  const m = inferred(
    `(float[2,8] x) => (float[2,8] y, float[2,8] z) <${weight('w', [8, 8])}> { y = MatMul (x, w) z = MatMul (y, w) }`,
  );
  expect(quantizeWeights(new Editor(m), { least: 1, ends: true }).weights).toBe(1);
  expect([...m.graph.nodes()].map((n) => n.opType)).toEqual(['DequantizeLinear', 'MatMul', 'MatMul']);
  // Codes, scales and zero points.
  expect([...m.graph.initializers].length).toBe(3);
});

test('an older opset is refused with a way out', () => {
  expect(() => quantizeWeights(new Editor(inferred(three, 20)))).toThrow('opset 21');
  expect(() => quantizeWeights(new Editor(inferred(three)), { block: 0 })).toThrow('block');
  expect(() => quantizeWeights(new Editor(inferred(three)), { block: 24, format: 'matmulnbits' })).toThrow(
    'blocks of 16, 32, 64',
  );
});
