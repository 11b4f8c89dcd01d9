import { Editor, inferModel, type Model, verifyModel } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, positive, weight } from '../../../test/support.ts';
import { normalizeByConvolution } from './batch-normalization.ts';
import { spellHardActivation } from './hard-activations.ts';

function spelled(text: string): { readonly after: Model; readonly ops: string } {
  const before = model(text, { opset: 20 });
  const after = model(text, { opset: 20 });
  const editor = new Editor(after);
  inferModel(editor);
  for (const node of [...after.graph.nodes()]) {
    if (!normalizeByConvolution(editor, node)) spellHardActivation(editor, node);
  }
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
