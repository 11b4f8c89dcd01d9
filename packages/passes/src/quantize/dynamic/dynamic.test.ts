import { Editor, inferModel, type Model, printModel, verifyModel } from '@refold/ir';
import { createSession, makeInputs, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import type { DynamicOptions } from './candidates.ts';
import { type DynamicReport, quantizeDynamically } from './dynamic.ts';

function quantized(
  text: string,
  options: DynamicOptions = {},
): {
  readonly after: Model;
  readonly report: DynamicReport;
  readonly loss: number;
  readonly ops: readonly string[];
} {
  const [before, after] = [model(text), model(text)];
  inferModel(new Editor(before));
  const report = quantizeDynamically(new Editor(after), { least: 1, ...options });
  expect(verifyModel(after).map((f) => f.message)).toEqual([]);
  const feeds = makeInputs(before, undefined, { seed: 6 });
  const [x, y] = [createSession(before).run(feeds), createSession(after).run(feeds)];
  expect([...y.keys()]).toEqual([...x.keys()]);
  let [noise, signal] = [0, 0];
  for (const [name, exact] of x) {
    const other = y.get(name);
    if (exact.kind !== 'tensor' || other?.kind !== 'tensor') continue;
    expect(other.dims).toEqual(exact.dims);
    const [a, b] = [reals(exact), reals(other)];
    for (let i = 0; i < a.length; i += 1) {
      noise += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
      signal += (a[i] ?? 0) ** 2;
    }
  }
  return { after, report, loss: noise / signal, ops: [...after.graph.nodes()].map((n) => n.opType) };
}

/** How many products run on integers, and how many values are quantized for them. */
function summary({ quantized, values }: DynamicReport): readonly number[] {
  return [quantized.length, values];
}

test('products run on integers, with the noise that 8 bits have', () => {
  for (const [text, op] of [
    [
      `(float[2,3,16] x) => (float[2,3,8] y) <${weight('w', [16, 8])}> { y = MatMul (x, w) }`,
      'MatMulInteger',
    ],
    [
      `(float[3,16] x) => (float[3,8] y) <${weight('w', [16, 8])}, ${weight('b', [8])}> { y = Gemm (x, w, b) }`,
      'MatMulInteger',
    ],
    [
      `(float[3,16] x) => (float[3,8] y) <${weight('w', [8, 16])}> { y = Gemm <transB = 1> (x, w) }`,
      'MatMulInteger',
    ],
    [
      `(float[2,4,6,6] x) => (float[2,8,6,6] y) <${weight('w', [8, 4, 3, 3])}, ${weight('b', [8])}> { y = Conv <pads = [1, 1, 1, 1]> (x, w, b) }`,
      'ConvInteger',
    ],
    [
      `(float[2,4,6] x) => (float[2,8,2] y) <${weight('w', [8, 2, 3])}> { y = Conv <group = 2, strides = [2]> (x, w) }`,
      'ConvInteger',
    ],
    [
      `(float[1,4,6] x, float[8] b) => (float[1,8,4] y) <${weight('w', [8, 4, 3])}> { y = Conv (x, w, b) }`,
      'ConvInteger',
    ],
  ] as const) {
    const { loss, ops, report } = quantized(text);
    expect(ops).toContain(op);
    expect(ops).not.toContain('MatMul');
    expect(summary(report)).toEqual([1, 1]);
    expect(loss, text).toBeLessThan(5e-4);
    expect(loss).toBeGreaterThan(0);
  }
});

const attention =
  `(float[2,5,16] x) => (float[2,5,5] y) <${weight('q', [16, 16])}, ${weight('k', [16, 16])}, ${weight('v', [16, 5])}>` +
  ' { n = Neg (x) a = MatMul (n, q) b = MatMul (n, k) c = MatMul (n, v) t = Transpose <perm = [0, 2, 1]> (b) s = MatMul (a, t) y = Add (s, c) }';

test('a value that three products read is quantized once', () => {
  const { ops, report, loss } = quantized(attention);
  expect(summary(report)).toEqual([3, 1]);
  expect(ops.filter((op) => op === 'DynamicQuantizeLinear').length).toBe(1);
  expect(ops.filter((op) => op === 'MatMulInteger').length).toBe(3);
  expect(ops.filter((op) => op === 'MatMul').length).toBe(1);
  expect(loss).toBeLessThan(1e-3);
});

test('nodes may be kept, and small weights are not worth it', () => {
  expect(
    quantized(attention, { keep: (node) => node.outputs[0]?.name !== 'a' }).report.quantized.length,
  ).toBe(1);
  expect(quantized(attention, { least: 200 }).report.quantized.length).toBe(2);
});

test('factors of Gemm are in the scales and in the bias', () => {
  const text = (attributes: string, bias = `, ${weight('b', [8])}`): string =>
    `(float[3,16] x${bias === '' ? ', float[8] b' : ''}) => (float[3,8] y) <${weight('w', [16, 8])}${bias}> { y = Gemm <${attributes}> (x, w, b) }`;
  const { loss, ops } = quantized(text('alpha = 0.5, beta = -2.0'));
  expect(loss).toBeLessThan(5e-4);
  expect(ops).not.toContain('Gemm');
  expect(quantized(text('alpha = 0.5', '')).loss).toBeLessThan(5e-4);
  const { float } = quantized(text('beta = 2.0', '')).report;
  expect(float.map(({ reason }) => reason)).toEqual(['operator']);
});

test('a weight that two products read is one tensor of codes, and floats that nobody reads are gone', () => {
  const text = `(float[2,16] x) => (float[2,16] y, float[2,16] z) <${weight('w', [16, 16])}> { y = MatMul (x, w) z = MatMul (y, w) }`;
  const { after, report } = quantized(text);
  expect(summary(report)).toEqual([2, 2]);
  expect([...after.graph.initializers].map((v) => v.tensor?.dtype)).toEqual(['int8', 'float32']);
});

test('the report says why products stay in floats', () => {
  const text =
    `(float[2,16] x, float[16,16] u) => (float[2,4] y) <${weight('v', [16, 16])}, ${weight('w', [16, 4])}, ${weight('t', [4, 4])}>` +
    ' { a = MatMul (x, u) b = MatMul (a, v) c = MatMul (b, w) y = MatMul (c, t) }';
  const { report } = quantized(text, { keep: (node) => node.outputs[0]?.name === 'b', least: 20 });
  expect(report.float.map(({ node, reason }) => [node.outputs[0]?.name, reason])).toEqual([
    ['a', 'computed'],
    ['b', 'asked'],
    ['y', 'small'],
  ]);
});

test('products in nested graphs read what is quantized outside', () => {
  const text =
    `(bool c, float[2,16] x) => (float[2,4] y) <${weight('u', [16, 4])}, ${weight('w', [16, 4])}>` +
    ' { y = If <then_branch = a () => (float[2,4] p) { p = MatMul (x, u) }, else_branch = b () => (float[2,4] q) { q = MatMul (x, w) }> (c) }';
  const { report, loss, ops } = quantized(text);
  expect(summary(report)).toEqual([2, 1]);
  expect(ops).toEqual(['DynamicQuantizeLinear', 'If']);
  expect(loss).toBeLessThan(5e-4);
});

test('a second run finds nothing to do, an old opset is refused', () => {
  const m = quantized(attention).after;
  const text = printModel(m);
  expect(summary(quantizeDynamically(new Editor(m), { least: 1 }))).toEqual([0, 0]);
  expect(printModel(m)).toBe(text);
  expect(() => quantizeDynamically(new Editor(model(attention, { opset: 10 })))).toThrow('opset 11');
});
