import { constantTensor, Editor, inferModel, type Model, tensorFloats, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, positive, weight } from '../../../test/support.ts';
import { normalizeByConvolution } from './batch-normalization.ts';
import { spellComputedAddends } from './computed-addend.ts';
import { spellFeatureColumns } from './feature-columns.ts';
import { spellHardActivation } from './hard-activations.ts';
import { addBiases } from './recurrent-bias.ts';

function spelled(text: string): { readonly after: Model; readonly ops: string } {
  const setting = { opset: 20, domains: ', "ai.onnx.ml" : 3' };
  const before = model(text, setting);
  const after = model(text, setting);
  const editor = new Editor(after);
  inferModel(editor);
  for (const node of [...after.graph.nodes()]) {
    const forms = [normalizeByConvolution, spellHardActivation, spellFeatureColumns, addBiases];
    forms.some((spell) => spell(editor, node));
  }
  spellComputedAddends(editor, [...after.graph.nodes()]);
  inferModel(editor);
  expect(verifyModel(after)).toEqual([]);
  expect(checkEquivalent(before, after, { sets: 3 }).verdict).toBe('equal');
  expect(after.graph.outputs.map((v) => v.name)).toEqual(before.graph.outputs.map((v) => v.name));
  return { after, ops: [...after.graph.nodes()].map((n) => n.opType).join(' ') };
}

const parameters = `<${weight('s', [3])}, ${weight('b', [3])}, ${weight('m', [3])}, ${positive('v', [3])}>`;

test('a normalization becomes a convolution of each channel by itself', () => {
  const { after, ops } = spelled(
    `(float[2,3,4,5] x) => (float[2,3,4,5] y) ${parameters} { r = Relu (x) y = BatchNormalization (r, s, b, m, v) }`,
  );
  expect(ops).toBe('Relu Conv');
  expect(after.graph.lastNode?.attributes.get('group')).toMatchObject({ value: 3 });
});

test('rows get an axis for it, and lose it again', () => {
  const rows = `(float[N,3] x) => (float[N,3] y) ${parameters} { y = BatchNormalization (x, s, b, m, v) }`;
  expect(spelled(rows).ops).toBe('Unsqueeze Conv Squeeze');
});

test('of unknown rank, or with statistics that are computed, it stays', () => {
  const unknown = `(float[] x) => (float[] y) ${parameters} { y = BatchNormalization (x, s, b, m, v) }`;
  const computed = `(float[2,3] x, float[3] c) => (float[2,3] y) ${parameters} { y = BatchNormalization (x, s, b, c, v) }`;
  for (const text of [unknown, computed]) {
    const m = model(text, { opset: 20 });
    const editor = new Editor(m);
    inferModel(editor);
    expect([...m.graph.nodes()].map((node) => normalizeByConvolution(editor, node))).toEqual([false]);
  }
});

test('hard activations become additions, products and clips', () => {
  expect(
    spelled('(float[2,3] x) => (float[2,3] y) { y = HardSigmoid <alpha = 0.3, beta = 0.4> (x) }').ops,
  ).toBe('Mul Add Clip');
  expect(spelled('(float[2,3] x) => (float[2,3] y) { y = HardSwish (x) }').ops).toBe('HardSigmoid Mul');
});

const products = (constants: string, nodes: string): string =>
  `(float[2,3] x, float[2,4] c) => (float[2,4] y) <${constants}> { ${nodes} }`;

test('a Gemm that adds what was computed becomes a product and an addition', () => {
  const plain = products(weight('w', [3, 4]), 'y = Gemm (x, w, c)');
  expect(spelled(plain).ops).toBe('MatMul Add');
  const turned = products(weight('w', [4, 3]), 's = Exp (c) y = Gemm <transB = 1> (x, w, s)');
  expect(spelled(turned).ops).toBe('Exp MatMul Add');
});

test('weights that several of them read stay one', () => {
  const { after, ops } = spelled(
    products(
      `${weight('w', [4, 3])}, ${weight('v', [4, 3])}`,
      'a = Gemm <transB = 1> (x, w, c) b = Gemm <transB = 1> (x, w, a) y = Gemm <transB = 1> (x, v, b)',
    ),
  );
  expect(ops).toBe('MatMul Add MatMul Add MatMul Add');
  const weights = [...after.graph.nodes()].filter((n) => n.is('MatMul')).map((n) => n.inputs[1]);
  expect([new Set(weights).size, [...after.graph.initializers].length]).toEqual([2, 2]);
});

test('a Gemm that adds a constant, or scales what it adds or multiplies, stays', () => {
  const constants = `${weight('w', [3, 4])}, ${weight('b', [4])}`;
  for (const gemm of ['Gemm (x, w, b)', 'Gemm <beta = 2.0> (x, w, c)', 'Gemm <alpha = 0.5> (x, w, c)'])
    expect(spelled(products(constants, `y = ${gemm}`)).ops, gemm).toBe('Gemm');
});

test('columns of a table are gathered; those of a vector become a row', () => {
  const columns = (dims: string, rows: number): string =>
    `(float[${dims}] x) => (float[${rows},3] y) <int64[1,3] k = {2, 0, 2}>` +
    ' { f = ai.onnx.ml.ArrayFeatureExtractor (x, k) y = Relu (f) }';
  expect(spelled(columns('2,4', 2)).ops).toBe('Gather Relu');
  expect(spelled(columns('4', 1)).ops).toBe('ArrayFeatureExtractor Relu');
});

test('the biases of an LSTM become one, and those of a GRU stay two', () => {
  const net = (op: string, gates: number): string =>
    `(float[3,2,2] x) => (float[3,2,2,2] y) <${weight('w', [2, gates * 2, 2])}, ${weight('r', [2, gates * 2, 2])},` +
    ` ${weight('b', [2, gates * 4])}> { a = ${op} <hidden_size = 2, direction = "bidirectional"> (x, w, r, b)` +
    ' y = Identity (a) }';
  const biases = (op: string, gates: number): readonly number[] => {
    const { after } = spelled(net(op, gates));
    const bias = [...after.graph.nodes()][0]?.inputs[3];
    const tensor = bias && constantTensor(bias);
    return tensor ? [...tensorFloats(tensor)] : [];
  };
  for (const [op, gates] of [
    ['LSTM', 4],
    ['RNN', 1],
  ] as const) {
    const found = biases(op, gates);
    expect(found.slice(2 * gates, 4 * gates)).toEqual(new Array(2 * gates).fill(0));
    expect(found.slice(6 * gates)).toEqual(new Array(2 * gates).fill(0));
  }
  expect(biases('GRU', 3).slice(6, 12)).not.toContain(0);
});
