import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { createSession, fromReals, makeInputs, reals } from '@refold/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { linearLayers } from '../layers/linear-layer.ts';
import { GramCollector } from '../round/gram.ts';
import { quantizeWeights, type WeightOnlyOptions } from './weight-only.ts';

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
    ['y = Gemm <transB = 1> (x, w, b)', 70, [8, 70], 1],
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
      expect([codes?.dtype, codes?.dims]).toEqual([type, dims]);
      expect(scales?.dims).toEqual(dims.map((d, a) => (a === axis ? Math.ceil(d / 32) : d)));
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
  const loss = (options: WeightOnlyOptions): number => quantized(source, options).loss;
  expect(loss({ block: 16 })).toBeLessThan(loss({ block: 128 }));
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
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 50 }), (k, block) => {
      const m = inferred(
        `(float[${k},${k}] x) => (float[${k},3] y) <${weight('w', [k, 3])}> { y = MatMul (x, w) }`,
      );
      const identity = fromReals(
        'float32',
        [k, k],
        Float64Array.from({ length: k * k }, (_, i) => (i % (k + 1) === 0 ? 1 : 0)),
      );
      const values = (): readonly number[] => {
        const y = createSession(m)
          .run(new Map([['x', identity]]))
          .get('y');
        return y?.kind === 'tensor' ? Array.from(reals(y)) : [];
      };
      const before = values();
      quantizeWeights(new Editor(m), { least: 1, ends: true, block });
      const after = values();
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
  expect([...m.graph.initializers].length).toBe(2);
});

test('an older opset is refused with a way out', () => {
  expect(() => quantizeWeights(new Editor(inferred(three, 20)))).toThrow('opset 21');
  expect(() => quantizeWeights(new Editor(inferred(three)), { block: 0 })).toThrow('block');
});
