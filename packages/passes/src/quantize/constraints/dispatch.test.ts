import { Editor, inferModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { model, weight } from '../../../test/support.ts';
import { integerOnly, onnxruntimeCpu, type Target } from '../targets/index.ts';
import { dispatch } from './dispatch.ts';
import { nodesOfShapes } from './shape-flow.ts';

/** Operators of the nodes that run on codes, in the order of the graph. */
function onCodes(text: string, target: Target, keep: readonly string[] = []): string {
  const m = model(text);
  inferModel(new Editor(m));
  const nodes = [...m.graph.nodes()];
  const found = dispatch(nodes, target, (node) => keep.includes(node.opType));
  return nodes
    .filter((node) => found.has(node))
    .map((n) => n.opType)
    .join(' ');
}

const weights = `<${weight('w', [4, 4])}, ${weight('v', [4, 4, 1, 1])}>`;

test('around products, additions keep floats that others read as floats, and are on codes between codes', () => {
  const text =
    `(float[2,4] x) => (float[2,4] y) ${weights}` +
    ' { a = MatMul (x, w) s = Add (a, x) n = Softmax (s) b = MatMul (n, w) y = Add (b, s) }';
  expect(onCodes(text, onnxruntimeCpu)).toBe('MatMul MatMul');
  const inner = text.replace('n = Softmax (s)', 'n = Relu (s)');
  expect(onCodes(inner, onnxruntimeCpu)).toBe('MatMul Add Relu MatMul');
});

test('behind convolutions, which give codes, everything is on codes', () => {
  const text =
    `(float[1,4,2,2] x) => (float[1,4,2,2] y) ${weights}` +
    ' { a = Conv (x, v) s = Sigmoid (a) m = Mul (a, s) b = Conv (x, v) y = Add (m, b) }';
  expect(onCodes(text, onnxruntimeCpu)).toBe('Conv Sigmoid Mul Conv Add');
});

test('a gate behind a product is on codes, what only floats read is not', () => {
  const text =
    `(float[2,4] x, float[2,4] c) => (float[2,4] y) ${weights}` +
    ' { a = MatMul (x, w) s = Add (a, x) g = Sigmoid (s) y = Mul (g, c) }';
  expect(onCodes(text, onnxruntimeCpu)).toBe('MatMul Add Sigmoid');
  expect(onCodes(text.replace('y = Mul (g, c)', 'y = Identity (g)'), onnxruntimeCpu)).toBe(
    'MatMul Add Sigmoid Identity',
  );
  expect(onCodes(text.replace('g = Sigmoid (s) y = Mul (g, c)', 'y = Exp (s)'), onnxruntimeCpu)).toBe(
    'MatMul',
  );
});

test('a target that wants it has everything on codes, but for what is kept', () => {
  const text = `(float[2,4] x) => (float[2,4] y) ${weights} { a = MatMul (x, w) y = Add (a, x) }`;
  expect(onCodes(text, integerOnly)).toBe('MatMul Add');
  expect(onCodes(text, integerOnly, ['Add'])).toBe('MatMul');
});

test('what computes with sizes and places is left alone (P12)', () => {
  const m = model(
    '(float[1,2,4,4] x, float[3] k) => (float[] y, float[] z) <float half = {0.5}, float[0] none = {}>' +
      ' { s = Shape (x) f = Cast <to = 1> (s) h = Mul (f, half) c = Cast <to = 7> (h)' +
      ' y = Resize (x, none, none, c) twice = Add (k, k) t = ArgMax (twice) z = Mul (twice, twice) }',
  );
  inferModel(new Editor(m));
  const found = nodesOfShapes([...m.graph.nodes()]);
  // What a class is taken from is data.
  expect([...found].map((n) => n.opType)).toEqual(['Shape', 'Cast', 'Mul', 'Cast']);
});

test('boxes that are decoded for NonMaxSuppression alone stay as they are', () => {
  const m = model(
    '(float[1,5,4] boxes, float[1,2,5] scores) => (int64[N,3] y) <float two = {2}>' +
      ' { b = Mul (boxes, two) y = NonMaxSuppression (b, scores) }',
  );
  inferModel(new Editor(m));
  expect([...nodesOfShapes([...m.graph.nodes()])].map((n) => n.opType)).toEqual(['NonMaxSuppression', 'Mul']);
});

test('angles of places are exact, what is turned by them is on codes', () => {
  const text =
    '(float[L,4] x) => (float[L,4] y) <int64 first = {0}, int64 step = {1}, float f = {0.5}, int64[1] last = {1}>' +
    ' { s = Shape <end = 1> (x) n = Squeeze (s) r = Range (first, n, step) a = Cast <to = 1> (r) m = Mul (a, f)' +
    ' u = Unsqueeze (m, last) c = Cos (u) i = Sin (u) p = Mul (x, c) q = Mul (x, i) y = Add (p, q) }';
  expect(onCodes(text, integerOnly)).toBe('Mul Mul Add');
});
