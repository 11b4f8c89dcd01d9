import { Editor, type Model, newestOpset, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { expectRefused, expectSame, raised, raisedNodes } from '../../test/raised.ts';
import { ints, model, nodes } from '../../test/support.ts';
import { raiseOpset } from '../index.ts';

const relu = '(float[2] x) => (float[2] y) { y = Relu (x) }';

const raise = (m: Model, to: number | 'latest') => raiseOpset(new Editor(m), to);

test('the opset of the model and the version of its file format are raised', () => {
  const m = model(relu, { opset: 9, ir: 4 });
  expect(raise(m, 21)).toEqual({ from: 9, to: 21, nodes: 0 });
  expect(m.opsets.get('')).toBe(21);
  expect(m.irVersion).toBe(10);
  expect(raise(model(relu, { opset: 9, ir: 13 }), 21)).toMatchObject({ to: 21 });
});

test('a newer file format than the opset needs stays', () => {
  const m = model(relu, { opset: 13, ir: 12 });
  raise(m, 17);
  expect(m.irVersion).toBe(12);
});

test('the latest opset is one that engines run, or the newer one that a model has', () => {
  const m = model(relu, { opset: 18 });
  raise(m, 'latest');
  expect(m.opsets.get('')).toBe(24);
  const random = '(float[2] x) => (float[2] y) { y = RandomNormalLike (x) }';
  expect(raise(model(random, { opset: 18 }), 'latest')).toMatchObject({ to: 21 });
  expect(raise(model(random, { opset: 22 }), 'latest')).toMatchObject({ to: 24 });
  expect(raise(model(relu, { opset: newestOpset() }), 'latest')).toMatchObject({
    to: newestOpset(),
    nodes: 0,
  });
});

test('the opset that the model has is nothing to do', () => {
  const m = model(relu, { opset: 18, ir: 8 });
  expect(raise(m, 18)).toEqual({ from: 18, to: 18, nodes: 0 });
  expect(m.irVersion).toBe(8);
});

test('lower and unknown opsets are refused', () => {
  expect(() => raise(model(relu, { opset: 18 }), 17)).toThrow(
    'the model has opset 18, which cannot be lowered to 17',
  );
  expect(() => raise(model(relu, { opset: 18 }), 99)).toThrow(/opset 99 is not one from 7 to/);
  expect(() => raise(model(relu, { opset: 18 }), 6)).toThrow(/opset 6 is not one/);
  expect(() => raise(model(relu, { opset: 18 }), 18.5)).toThrow(/opset 18.5 is not one/);
});

test('a refusal says which node and why, and takes everything back', () => {
  const text = `(float[2, 3] x) => (float[2, 3] y, int64[2] z) <int64[2] n = {4, 5}> {
    y = Softmax <axis = 0> (x) z = Erf (n)
  }`;
  expectRefused(text, 11, 13, /^Erf 'z' cannot be raised to opset 13: it takes no int64/);
});

test('operators that no opset has belong to an engine and stay', () => {
  const m = model('(float[2] x) => (float[2] y) { t = Crop (x) y = Relu (t) }', { opset: 9 });
  raise(m, 18);
  expect(nodes(m)).toBe('t = Crop (x)\ny = Relu (t)');
});

test('an operator before the opset that has it is refused', () => {
  expectRefused('(float[2] x) => (float[2] y) { y = Gelu (x) }', 18, 21, /opset 18 has no such operator/);
});

test('other domains keep their opsets', () => {
  const text = '(float[2] x) => (float[2] y) { t = com.microsoft.Gelu (x) y = Relu (t) }';
  const m = model(text, { opset: 13, domains: ', "com.microsoft" : 1, "ai.onnx.ml" : 2' });
  raise(m, 18);
  expect([...m.opsets]).toEqual([
    ['', 18],
    ['com.microsoft', 1],
    ['ai.onnx.ml', 2],
  ]);
});

test('a model without standard operators has nothing to raise', () => {
  const m = parseModel(
    '<ir_version: 8, opset_import: ["ai.onnx.ml" : 2]> g (float[2] x) => (float[2] y) { y = ai.onnx.ml.Scaler (x) }',
  );
  expect(raise(m, 21)).toEqual({ from: undefined, to: 21, nodes: 0 });
  expect([...m.opsets]).toEqual([['ai.onnx.ml', 2]]);
  expect(m.irVersion).toBe(8);
});

test('nested graphs are raised with the graphs around them', () => {
  const text = `(bool c, float[2, 3] x) => (float[2] y) {
    y = If (c) <
      then_branch = g1 () => (a) { a = ReduceSum <axes = [1], keepdims = 0> (x) },
      else_branch = g2 () => (b) { b = ReduceMean <axes = [1], keepdims = 0> (x) }
    >
  }`;
  const { after } = raised(text, 11, 18);
  expect(nodes(after)).toContain('ReduceSum <keepdims: int = 0> (x, axes)');
  expect(nodes(after)).toContain('ReduceMean <keepdims: int = 0> (x, axes)');
});

test('a name that goes out of a nested graph stays', () => {
  const text = `(bool c, float[2, 3, 4] x) => (float[2, 3, 4] y) {
    y = If (c) <
      then_branch = g1 () => (a) { a = Softmax <axis = 1> (x) },
      else_branch = g2 () => (b) { b = Relu (x) }
    >
  }`;
  expect(raised(text, 11, 18).after.graph.firstNode?.graphs[0]?.outputs[0]?.name).toBe('a');
});

test('an output that is listed twice is listed twice', () => {
  const text = '(float[2, 3, 4] x) => (float[2, 3, 4] y, float[2, 3, 4] y) { y = Softmax <axis = 1> (x) }';
  const m = model(text, { opset: 11 });
  raise(m, 13);
  expect(m.graph.outputs.map((v) => v.name)).toEqual(['y', 'y']);
});

test('weights that had to be inputs before IR 4 do not become inputs', () => {
  const text = '(float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }';
  const m = model(text, { opset: 8, ir: 3 });
  raise(m, 13);
  expect(m.irVersion).toBe(7);
  expect(m.graph.inputs.map((v) => v.name)).toEqual(['x']);
  expect([...m.graph.initializers].map((v) => v.name)).toEqual(['w']);
  expectSame(model(text, { opset: 8, ir: 3 }), m);
});

test('what a caller may override stays so', () => {
  const text = '(float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }';
  const m = model(text, { opset: 9, ir: 4 });
  raise(m, 13);
  expect(m.graph.inputs.map((v) => [v.name, v.overridable])).toEqual([
    ['x', false],
    ['w', true],
  ]);
});

test('before IR 4 new constants are nodes', () => {
  const text =
    '(float[1, 1, 2, 2] x) => (float[1, 1, 4, 4] y) { y = Upsample <scales = [1.0, 1.0, 2.0, 2.0]> (x) }';
  const { after } = raised(text, 7, 8);
  expect(after.irVersion).toBe(3);
  expect(raised(text, 7, 9).after.irVersion).toBe(4);
});

test('equal constants are one', () => {
  const text = `(float[2, 1, 3] x) => (float[2, 3] y, float[2, 1] z) {
    y = Squeeze <axes = [1]> (x) t = ReduceSum <axes = [1], keepdims = 0> (y) z = Unsqueeze <axes = [1]> (t)
  }`;
  expect(raised(text, 11, 13).after.graph.initializers.size).toBe(1);
});

const local = (body: string, opset: number) => ({
  domains: ', "local" : 1',
  functions: `<domain: "local", opset_import: ["" : ${opset}]> ${body}`,
});
const call = '(float[2, 3] x) => (float[2] y) { y = local.Total (x) }';
const total = 'Total (a) => (b) { b = ReduceSum <axes = [1], keepdims = 0> (a) }';

test('functions are raised too, their constants as nodes', () => {
  const { after } = raised(call, 11, 18, local(total, 11));
  const [fn] = after.functions.values();
  expect(fn?.opsets.get('')).toBe(18);
  expect([...(fn?.body.nodes() ?? [])].map((n) => n.opType)).toEqual(['Constant', 'ReduceSum']);
});

test('a function is raised from the opset that it imports itself', () => {
  const { after } = raised(call, 13, 18, local(total, 12));
  expect([...after.functions.values()][0]?.opsets.get('')).toBe(18);
});

test('a function of a newer opset stays', () => {
  const newer =
    'Total (a) => (b) { k = Constant <value_ints = [1]> () b = ReduceMean <keepdims = 0> (a, k) }';
  const { after } = raised(call, 13, 17, local(newer, 18));
  expect([...after.functions.values()][0]?.opsets.get('')).toBe(18);
});

test('an attribute that the calls give cannot become an operand', () => {
  const body = 'Total <k> (a) => (b) { b = ReduceSum <axes: ints = @k, keepdims = 0> (a) }';
  const text = '(float[2, 3] x) => (float[2] y) { y = local.Total <k = [1]> (x) }';
  expectRefused(text, 11, 13, /takes an attribute from the calls of its function/, local(body, 11));
  // One that stays an attribute does not matter.
  const kept = 'Total <k> (a) => (b) { b = ReduceSum <axes = [1], keepdims: int = @k> (a) }';
  const given = '(float[2, 3] x) => (float[2] y) { y = local.Total <k = 0> (x) }';
  raised(given, 11, 13, local(kept, 11));
});

test('a function under the name of an operator is a call, and no operator to write with', () => {
  const own = {
    functions: '<domain: "", opset_import: ["" : 11]> Softmax (a) => (b) { b = Neg (a) }',
  };
  const text = '(float[2, 3] x) => (float[2, 3] y) { y = Softmax (x) }';
  expect(raisedNodes(text, 11, 13, own)).toEqual(['y = Softmax (x)']);
  const shadowed = { functions: '<domain: "", opset_import: ["" : 11]> Flatten (a) => (b) { b = Neg (a) }' };
  expectRefused('(float[2, 3, 4] x) => (float[2, 3, 4] y) { y = Softmax (x) }', 11, 13, /Flatten/, shadowed);
});

test('a constant that is an operand already stays one', () => {
  const text = `(float[2, 3] x) => (float[2] y) <${ints('axes', 1)}> { y = ReduceSum <keepdims = 0> (x, axes) }`;
  expect(raisedNodes(text, 13, 28)).toEqual(['y = ReduceSum <keepdims: int = 0> (x, axes)']);
});
