import { Editor, inferModel, type Model, type Node, tensorOf } from '@refold/ir';
import { makeInputs } from '@refold/runtime';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { quantizePostTraining } from '../flow/flow.ts';
import { integerOnly, type Target } from '../targets/index.ts';
import { checkTarget } from './check-target.ts';

const residual =
  `(float[1,4,6,6] x) => (float[1,4,6,6] y) <${weight('w', [4, 4, 1, 1])}, ${weight('v', [4, 8, 1, 1])}>` +
  ' { a = Conv (x, w) b = Relu (a) c = Conv (b, w) s = Add (c, b) r = Relu (s)' +
  ' p = MaxPool <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (r) j = Concat <axis = 1> (p, b) y = Conv (j, v) }';

async function quantized(text: string, target: Target = integerOnly): Promise<Model> {
  const m = model(text);
  const samples = [1, 2].map((seed) => makeInputs(m, undefined, { seed }));
  await quantizePostTraining(m, { target, samples });
  inferModel(new Editor(m));
  return m;
}

const codes = (m: Model): readonly string[] =>
  checkTarget(m, integerOnly).map((b) => `${b.code} ${b.node.opType}`);

const first = (m: Model, op: string): Node => {
  const found = [...m.graph.nodes()].find((n) => n.opType === op);
  if (!found) throw new Error(`no ${op}`);
  return found;
};

test('what was written for integers alone has no floats between codes, and one scale where there must be one', async () => {
  expect(codes(await quantized(residual))).toEqual([]);
});

/** As the target would have it if it could go back to floats. */
const careless: Target = { ...integerOnly, floatIslands: true };

test('a node that computes with floats between codes is an island, and is found', async () => {
  const text = residual.replace(/p = MaxPool <.*?> \(r\)/, 'p = Hardmax (r)');
  expect(text).toContain('Hardmax');
  expect(codes(await quantized(text, careless))).toEqual(['float-island Hardmax']);
  expect(codes(await quantized(text))).toEqual([]);
});

test('what is wired by a branch is no island, what computes in it is', async () => {
  const branch = (op: string): string =>
    `(float[1,4] x, bool c) => (float[1,4] y) <${weight('w', [4, 4])}> { a = MatMul (x, w)` +
    ` i = If <then_branch = t () => (float[1,4] u) { u = ${op} (a) }, else_branch = e () => (float[1,4] n) { n = Relu (a) }> (c)` +
    ' y = MatMul (i, w) }';
  const other = (op: string): string => branch('Relu').replace('n = Relu', `n = ${op}`);
  expect(codes(await quantized(branch('Relu'), careless))).not.toContain('float-island If');
  const found = [await quantized(branch('Hardmax'), careless), await quantized(other('Hardmax'), careless)];
  expect(found.flatMap(codes)).toContain('float-island Hardmax');
});

test('a product with a factor on floats is not on codes', async () => {
  const m = await quantized(
    `(float[4,4] x) => (float[4,4] y) <${weight('w', [4, 4])}>` +
      ' { a = MatMul (x, w) t = Tanh (a) p = MatMul (a, t) y = MatMul (p, w) }',
  );
  expect(codes(m)).toEqual([]);
  const product = [...m.graph.nodes()].filter((n) => n.is('MatMul'))[1];
  if (!product) throw new Error('no product');
  new Editor(m).setOperand(product, 1, first(m, 'Tanh').outputs[0]);
  expect(codes(m)).toEqual(['float-island MatMul']);
});

test('a node at the edge of a graph is none', async () => {
  const text = residual.replace('y = Conv (j, v)', 'z = Conv (j, v) y = Hardmax (z)');
  expect(codes(await quantized(text))).toEqual([]);
});

test('a scale of its own on the way into an Add is found', async () => {
  const m = await quantized(residual);
  const [operand] = first(m, 'Add').inputs;
  const back = operand?.producer;
  const editor = new Editor(m);
  if (!back) throw new Error('no DequantizeLinear');
  editor.setOperand(back, 1, editor.addConstant(m.graph, tensorOf('float32', [], [0.125 / 64]), 'own'));
  expect(codes(m)).toContain('other-scale Add');
});
