import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import { parseModel } from '../text/index.ts';
import { printShape } from '../types/shape.ts';
import { inferModel } from './infer.ts';

/** Shapes of the outputs of a model whose nodes may call `functions`, by name. */
function shapes(nodes: string, inputs: string, outputs: string, functions: string): Record<string, string> {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 21, "local" : 1]>
    g (${inputs}) => (${outputs}) { ${nodes} }
    ${functions}`);
  inferModel(new Editor(model));
  const entries = model.graph.outputs.map(({ name, type }) => [
    name,
    type?.kind === 'tensor' ? `${type.dtype}${printShape(type.shape)}` : 'unknown',
  ]);
  return Object.fromEntries(entries);
}

const header = '<domain: "local", opset_import: ["" : 21, "local" : 1]>';

test('a reference in a function body stands for the attribute of each call', () => {
  const types = shapes(
    'a = local.Turn <order = [1, 0, 2]> (x) b = local.Turn <order = [2, 1, 0]> (x)',
    'float[2, 3, N] x',
    'a, b',
    `${header} Turn <order> (v) => (w) { w = Transpose <perm: ints = @order> (v) }`,
  );
  expect(types).toEqual({ a: 'float32[3, 2, N]', b: 'float32[N, 3, 2]' });
});

test('an attribute that the call does not give has the default of the function', () => {
  const types = shapes(
    'a = local.Turn (x) b = local.Turn <order = [2, 1, 0]> (x)',
    'float[2, 3, N] x',
    'a, b',
    `${header} Turn <order: ints = [0, 2, 1]> (v) => (w) { w = Transpose <perm: ints = @order> (v) }`,
  );
  expect(types).toEqual({ a: 'float32[2, N, 3]', b: 'float32[N, 3, 2]' });
});

test('an attribute that nobody gives is absent in the body', () => {
  const types = shapes(
    'a = local.Turn (x)',
    'float[2, 3, N] x',
    'a',
    `${header} Turn <order> (v) => (w) { w = Transpose <perm: ints = @order> (v) }`,
  );
  expect(types).toEqual({ a: 'float32[N, 3, 2]' });
});

test('attributes are handed on through calls within calls and into nested graphs', () => {
  const types = shapes(
    'a = local.Outer <o = [1, 0]> (c, x)',
    'bool c, float[2, N] x',
    'a',
    `${header} Outer <o> (c, v) => (w) {
       w = If (c) <
         then_branch = t () => (p) { p = local.Turn <order: ints = @o> (v) },
         else_branch = e () => (q) { q = Transpose <perm: ints = @o> (v) }>
     }
     ${header} Turn <order> (v) => (w) { w = Transpose <perm: ints = @order> (v) }`,
  );
  expect(types).toEqual({ a: 'float32[N, 2]' });
});

test('a Constant whose value is an attribute of the call is a parameter of that call', () => {
  const types = shapes(
    'a = local.Fold <to = [6, -1]> (x) b = local.Grow <by = [1.0, 2.0]> (y)',
    'float[2, 3, N] x, float[4, 5] y',
    'a, b',
    `${header} Fold <to> (v) => (w) { s = Constant <value_ints: ints = @to> () w = Reshape (v, s) }
     ${header} Grow <by> (v) => (w) { s = Constant <value_floats: floats = @by> () w = Resize (v, , s) }`,
  );
  expect(types).toEqual({ a: 'float32[6, N]', b: 'float32[4, 10]' });
});

test('a body knows the shape data that a call hands to it', () => {
  const types = shapes(
    `s = Shape (x) a = local.Fill (s)
     t = Constant <value_ints = [7, 1]> () b = local.Fill (t)`,
    'float[2, N] x',
    'a, b',
    `${header} Fill (s) => (w) { w = ConstantOfShape (s) }`,
  );
  expect(types).toEqual({ a: 'float32[2, N]', b: 'float32[7, 1]' });
});

test('what depends on an attribute of an unknown call stays open, the rest does not', () => {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 21, "local" : 1]>
    g (float x) => (y) { y = Neg (x) }
    ${header} F <order> (v) => (a, b) {
      k = Constant <value_ints = [2, 3]> () f = ConstantOfShape (k)
      a = Transpose <perm: ints = @order> (f) b = Abs (f)
    }`);
  inferModel(new Editor(model));
  const [fn] = model.functions.values();
  const [a, b] = fn?.body.outputs ?? [];
  expect(a?.type).toBeUndefined();
  expect(b?.type).toEqual({ kind: 'tensor', dtype: 'float32', shape: [2, 3] });
});
