import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, positive, weight } from '../../../test/support.ts';
import { normalizeByConvolution } from './batch-normalization.ts';
import { spellComputedAddends } from './computed-addend.ts';
import { spellFeatureColumns } from './feature-columns.ts';
import { spellHardActivation } from './hard-activations.ts';
import { spellTruthValues } from './truth-values.ts';

function spelled(text: string): { readonly after: Model; readonly ops: string } {
  const setting = { opset: 20, domains: ', "ai.onnx.ml" : 3' };
  const before = model(text, setting);
  const after = model(text, setting);
  const editor = new Editor(after);
  inferModel(editor);
  for (const node of [...after.graph.nodes()]) {
    const forms = [normalizeByConvolution, spellHardActivation, spellTruthValues, spellFeatureColumns];
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

test('of tables, and of unknown rank, it stays', () => {
  const table = `(float[2,3] x) => (float[2,3] y) ${parameters} { y = BatchNormalization (x, s, b, m, v) }`;
  expect(spelled(table).ops).toBe('BatchNormalization');
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

test('truth values become a choice between two numbers; other casts stay', () => {
  const cast = (from: string, to: number): string =>
    `(${from}[2,3] x) => (float[2,3] y) { c = Cast <to = ${to}> (x) y = Cast <to = 1> (c) }`;
  expect(spelled(cast('float', 9)).ops).toBe('Cast Where');
  expect(spelled(cast('float', 6)).ops).toBe('Cast Cast');
});

test('columns of a table are gathered; those of a vector become a row', () => {
  const columns = (dims: string, rows: number): string =>
    `(float[${dims}] x) => (float[${rows},3] y) <int64[1,3] k = {2, 0, 2}>` +
    ' { f = ai.onnx.ml.ArrayFeatureExtractor (x, k) y = Relu (f) }';
  expect(spelled(columns('2,4', 2)).ops).toBe('Gather Relu');
  expect(spelled(columns('4', 1)).ops).toBe('ArrayFeatureExtractor Relu');
});
