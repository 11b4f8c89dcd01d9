import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, positive, weight } from '../../../test/support.ts';
import { normalizeByConvolution } from './batch-normalization.ts';
import { spellComputedAddends } from './computed-addend.ts';
import { gatherFeatures } from './feature-extractor.ts';
import { spellHardActivation } from './hard-activations.ts';

function spelled(text: string): { readonly after: Model; readonly ops: string } {
  const before = model(text, { opset: 20 });
  const after = model(text, { opset: 20 });
  const editor = new Editor(after);
  inferModel(editor);
  for (const node of [...after.graph.nodes()]) {
    if (!normalizeByConvolution(editor, node)) spellHardActivation(editor, node);
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

test('columns that are extracted are gathered, unless of a vector', () => {
  const extracted = (dims: string, result: string): readonly [boolean, string] => {
    const text =
      `(float[${dims}] x) => (float[${result}] y) <int64[1,2] c = {2, 0}>` +
      ' { y = ai.onnx.ml.ArrayFeatureExtractor (x, c) }';
    const [before, after] = [1, 2].map(() => model(text, { opset: 20, domains: ', "ai.onnx.ml" : 3' }));
    if (!before || !after) throw new Error('two models');
    const editor = new Editor(after);
    inferModel(editor);
    const done = [...after.graph.nodes()].map((node) => gatherFeatures(editor, node)).includes(true);
    inferModel(editor);
    expect(verifyModel(after)).toEqual([]);
    expect(checkEquivalent(before, after, { sets: 3 }).verdict).toBe('equal');
    return [done, [...after.graph.nodes()].map((n) => n.opType).join(' ')];
  };
  expect(extracted('5,3', '5,2')).toEqual([true, 'Gather']);
  expect(extracted('2,5,3', '2,5,2')).toEqual([true, 'Gather']);
  expect(extracted('3', '1,2')).toEqual([false, 'ArrayFeatureExtractor']);
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
