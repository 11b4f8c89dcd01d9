import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import { InternalError, ModelError } from '../errors.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { inferModel } from '../infer/infer.ts';
import { parseModel } from '../text/parse.ts';
import { tensorType } from '../types/value-type.ts';
import { assertValid, verifyModel } from './verify.ts';

const header = '<ir_version: 10, opset_import: ["" : 20, "com.example" : 1]>';
const parse = (nodes: string, values = '', functions = ''): Model =>
  parseModel(`${header} main (float[N] x, float[N] y, bool c) => () ${values} { ${nodes} } ${functions}`);

const codes = (model: Model): readonly string[] => verifyModel(model).map((f) => f.code);
const messages = (model: Model): readonly string[] => verifyModel(model).map((f) => f.message);

function at(model: Model, name: string): Node {
  for (const graph of model.graphs()) {
    for (const node of graph.nodes()) if (node.outputs.some((o) => o?.name === name)) return node;
  }
  throw new Error(`no ${name}`);
}

function resultOf(model: Model, name: string): Value {
  const value = at(model, name).outputs.find((o) => o?.name === name);
  if (!value) throw new Error(`no ${name}`);
  return value;
}

const branches = `
  t = Neg (x)
  z = If (c) <
    then_branch = one () => (p) { p = Add (t, y) },
    else_branch = two () => (q) { w = Constant <value_float = 1.0> () q = Add (x, w) }
  >
  u = Exp (z)`;

test('a sound model gives no findings', () => {
  expect(verifyModel(parse(branches, '<float[2] k = {1, 2}>'))).toEqual([]);
});

test('operands must be defined before they are read', () => {
  const model = parse('t = Neg (x) u = Exp (t)');
  new Editor(model).moveNode(at(model, 't'), { end: model.graph });
  expect(messages(model)).toEqual([
    "graph 'main': node 'u' (Exp) reads 't', which is defined only behind it",
  ]);
  expect(verifyModel(model)[0]).toMatchObject({
    code: 'ssa/scope',
    where: { graph: 'main', node: 'u', op: 'Exp', value: 't' },
  });
});

test('what a nested graph reads must be defined before the node that it belongs to', () => {
  const model = parse(branches);
  new Editor(model).moveNode(at(model, 't'), { end: model.graph });
  expect(messages(model)).toEqual([
    "graph 'main/one': node 'p' (Add) reads 't', which is defined only behind it",
  ]);
});

test('values of a graph beside or below cannot be read', () => {
  const model = parse(branches);
  const editor = new Editor(model);
  editor.setOperand(at(model, 'p'), 1, resultOf(model, 'w'));
  editor.setOperand(at(model, 'u'), 0, resultOf(model, 'q'));
  expect(messages(model)).toEqual([
    "graph 'main/one': node 'p' (Add) reads 'w', which belongs to graph 'two' and cannot be seen here",
    "graph 'main': node 'u' (Exp) reads 'q', which belongs to graph 'two' and cannot be seen here",
  ]);
});

test('an output must be a value that its graph can see', () => {
  const model = parse(branches);
  new Editor(model).setOutputs(model.graph, [resultOf(model, 'p')]);
  expect(messages(model)).toEqual([
    "graph 'main': an output of it reads 'p', which belongs to graph 'one' and cannot be seen here",
  ]);
});

test('a node may not read its own result', () => {
  const model = parse('t = Neg (x)');
  new Editor(model).setOperand(at(model, 't'), 0, resultOf(model, 't'));
  expect(codes(model)).toEqual(['ssa/scope']);
});

test('lists of uses say exactly who reads a value', () => {
  const spoil = (change: (model: Model, x: Value) => void): readonly string[] => {
    const model = parse('t = Add (x, x) u = Neg (x)');
    const [x] = model.graph.inputs;
    if (x) change(model, x);
    return [...new Set(codes(model))];
  };
  expect(spoil(() => {})).toEqual([]);
  expect(spoil((_, x) => Object.assign(x, { useCount: 2 }))).toEqual(['ssa/uses']);
  expect(spoil((_, x) => Object.assign(x, { useCount: 4 }))).toEqual(['ssa/uses']);
  expect(spoil((_, x) => Object.assign(x, { firstUse: x.firstUse?.next }))).toEqual(['ssa/uses']);
  expect(spoil((_, x) => Object.assign(x.firstUse ?? {}, { index: 7 }))).toEqual(['ssa/uses']);
  expect(spoil((_, x) => Object.assign(x.firstUse?.next ?? {}, { prev: undefined }))).toEqual(['ssa/uses']);
  expect(spoil((model) => at(model, 't').operandUses.pop())).toEqual(['ssa/uses']);
  expect(spoil((model) => Object.assign(at(model, 'u'), { inputs: [undefined] }))).toEqual(['ssa/uses']);
  expect(spoil((model) => Object.assign(model.graph, { outputs: [resultOf(model, 't')] }))).toEqual([
    'ssa/uses',
  ]);
});

test('values have one definition each', () => {
  const twice = parse('t = Neg (x) u = Exp (x)');
  Object.assign(at(twice, 'u'), { outputs: [resultOf(twice, 't')] });
  expect(codes(twice)).toContain('ssa/definition');

  const lost = parse('t = Neg (x) u = Exp (t)');
  Object.assign(at(lost, 't'), { outputs: [undefined] });
  expect(messages(lost)).toContain("graph 'main': node 'u' (Exp) reads 't', which nothing defines");

  const stranger = parse('t = Neg (x)');
  Object.assign(resultOf(stranger, 't'), { producer: undefined });
  expect(codes(stranger)).toEqual(['ssa/definition']);

  const sameNumber = parse('t = Neg (x) u = Exp (x)');
  Object.assign(resultOf(sameNumber, 'u'), { id: resultOf(sameNumber, 't').id });
  expect(codes(sameNumber)).toContain('ssa/definition');
});

test('lists of nodes are linked, ordered and counted', () => {
  const spoil = (change: (model: Model) => void): readonly string[] => {
    const model = parse('t = Neg (x) u = Exp (x) v = Abs (x)');
    change(model);
    return [...new Set(codes(model))];
  };
  expect(spoil((m) => Object.assign(m.graph, { nodeCount: 4 }))).toEqual(['ssa/list']);
  expect(spoil((m) => Object.assign(m.graph, { lastNode: at(m, 'u') }))).toEqual(['ssa/list']);
  expect(spoil((m) => Object.assign(at(m, 'u'), { prev: undefined }))).toEqual(['ssa/list']);
  expect(spoil((m) => Object.assign(at(m, 'u'), { order: at(m, 'v').order }))).toEqual(['ssa/list']);
  expect(spoil((m) => Object.assign(at(m, 'v'), { next: at(m, 't') }))).toContain('ssa/list');
});

test('names of inputs and outputs are not shared, other names may be', () => {
  const model = parseModel(`${header} g (float x) => (y) { t = Neg (x) y = Exp (t) }`);
  const editor = new Editor(model);
  editor.rename(resultOf(model, 't'), 'y');
  expect(verifyModel(model)).toEqual([]);
  const [x] = model.graph.inputs;
  if (x) editor.rename(x, 'y');
  expect(messages(model)).toEqual(["graph 'g': an output shares its name 'y' with another one"]);
  if (x) editor.rename(x, '');
  expect(messages(model)).toEqual(["graph 'g': an input has no name"]);
});

test('operators come from an imported opset', () => {
  expect(messages(parse('t = acme.Foo (x)'))).toEqual([
    "graph 'main': node 't' (acme.Foo): no opset of domain 'acme' is imported",
  ]);
  expect(messages(parse('t = Foo (x)'))).toEqual([
    "graph 'main': node 't' (Foo): opset 20 has no such operator",
  ]);
  expect(verifyModel(parse('t = com.example.Foo (x)'))).toEqual([]);
  const newer = parseModel('<opset_import: ["" : 999]> g (float x) => () { t = Foo (x) }');
  expect(verifyModel(newer)).toEqual([]);
  const old = parseModel(
    '<opset_import: ["" : 10]> g (float[1] x, float[1] s) => () { t = Upsample (x, s) }',
  );
  expect(verifyModel(old)).toEqual([]);
});

test('operators take what their schemas say', () => {
  expect(messages(parse('t = Add (x)'))).toEqual(["graph 'main': node 't' (Add) has 1 inputs, but takes 2"]);
  expect(messages(parse('t = Add (x, y, x)'))).toEqual([
    "graph 'main': node 't' (Add) has 3 inputs, but takes 2",
  ]);
  expect(messages(parse('t = Add (, x)'))).toEqual(["graph 'main': node 't' (Add) lacks input 0 (A)"]);
  expect(messages(parse('t, u = Neg (x)'))).toEqual([
    "graph 'main': node 't' (Neg) has 2 outputs, but takes 1",
  ]);
  expect(messages(parse('t = Concat <axis = 0> ()'))).toEqual([
    "graph 'main': node 't' (Concat) has 0 inputs, but takes at least 1",
  ]);
  expect(verifyModel(parse('t = Clip (x, "", "")'))).toEqual([]);
});

test('attributes are those of the schema', () => {
  expect(messages(parse('t = Concat (x)'))).toEqual([
    "graph 'main': node 't' (Concat) lacks the attribute 'axis'",
  ]);
  expect(messages(parse('t = Concat <axis = 1.0> (x)'))).toEqual([
    "graph 'main': node 't' (Concat): attribute 'axis' is of type float, not int",
  ]);
  expect(messages(parse('t = Neg <axis = 1> (x)'))).toEqual([
    "graph 'main': node 't' (Neg): attribute 'axis' is none of this operator",
  ]);
  expect(verifyModel(parse('t = Neg <__hidden = 1> (x)'))).toEqual([]);
  expect(verifyModel(parse('t = Transpose <perm: floats = []> (x)'))).toEqual([]);
});

test('types of operands and results obey the constraints of the schema', () => {
  expect(messages(parse('t = Add (x, c)'))).toEqual([
    "graph 'main': node 't' (Add): input 1 (B), 'c', is tensor(bool), but T may not be that",
  ]);
  expect(messages(parse('t = Add (x, k)', '<int64 k = {1}>'))).toEqual([
    "graph 'main': node 't' (Add): input 1 (B), 'k', is tensor(int64), but T is tensor(float) elsewhere",
  ]);
  expect(messages(parse('t = Reshape (x, x)'))).toEqual([
    "graph 'main': node 't' (Reshape): input 1 (shape), 'x', is tensor(float), but must be tensor(int64)",
  ]);
  const result = parse('t = Neg (x)');
  new Editor(result).setType(resultOf(result, 't'), tensorType('float16', []));
  expect(messages(result)).toEqual([
    "graph 'main': node 't' (Neg): output 0 (Y), 't', is tensor(float16), but T is tensor(float) elsewhere",
  ]);
});

test('operands of a loop may have any types, and unknown types are not judged', () => {
  const loop = `t, u = Loop ("", c, x, k) <body = b (int64 i, bool d, float p, int64 q) => (bool d, float p, int64 q) {}>`;
  expect(verifyModel(parse(`${loop} v = Add (t, u)`, '<int64 k = {1}>'))).toEqual([]);
});

test('data are of the type that is said of them', () => {
  const model = parse('', '<float[2] k = {1, 2}>');
  const [k] = model.graph.initializers;
  const editor = new Editor(model);
  if (k) editor.setType(k, tensorType('float32', [3]));
  expect(messages(model)).toEqual([
    "graph 'main': 'k' has data of type float[2], but is said to be float[3]",
  ]);
  if (k) editor.setTensor(k, undefined);
  expect(messages(model)).toEqual(["graph 'main': initializer 'k' has no data"]);
});

test('functions: no initializers, no circles of calls, references to their own attributes only', () => {
  const fn = (name: string, nodes: string) =>
    `<domain: "com.example", opset_import: ["" : 20, "com.example" : 1]> ${name} <alpha> (p) => (q) { ${nodes} }`;
  expect(
    verifyModel(
      parse('t = com.example.F <alpha = 1.0> (x)', '', fn('F', 'q = Elu <alpha: float = @alpha> (p)')),
    ),
  ).toEqual([]);
  expect(messages(parse('', '', fn('F', 'q = Elu <alpha: float = @beta> (p)')))).toEqual([
    "graph 'F': node 'q' (Elu): attribute 'alpha' refers to 'beta', which the function does not have",
  ]);
  expect(messages(parse('t = Elu <alpha: float = @alpha> (x)'))).toEqual([
    "graph 'main': node 't' (Elu): attribute 'alpha' refers to 'alpha', but stands in no function",
  ]);
  expect(messages(parse('t = com.example.F (x, x)', '', fn('F', 'q = Neg (p)')))).toEqual([
    "graph 'main': node 't' (com.example.F) has 2 inputs, but takes at most 1",
  ]);
  const circle =
    fn('F', 'q = com.example.G (p)') +
    fn('G', 'r = com.example.H (p) q = Neg (r)') +
    fn('H', 'q = com.example.G (p)');
  expect(messages(parse('', '', circle))).toEqual([
    "graph 'G': functions call each other in a circle: 'G', 'H'",
  ]);
  const model = parse('', '', fn('F', 'q = Neg (p)'));
  const [f] = model.functions.values();
  if (f) new Editor(model).addInitializer(f.body, { name: 'k', tensor: someTensor() });
  expect(codes(model)).toEqual(['function/initializer']);
});

function someTensor() {
  const [k] = parse('', '<float k = {1}>').graph.initializers;
  return k?.tensor;
}

test('operators of the standard domain are named by identifiers', () => {
  const model = parse('t = Neg (x)');
  Object.assign(at(model, 't'), { opType: 'a b' });
  expect(codes(model)).toEqual(['op/name']);
  Object.assign(at(model, 't'), { domain: 'com.example' });
  expect(verifyModel(model)).toEqual([]);
});

test('outputs of the model have the element types that are stated for them', () => {
  const text = (type: string): string => `${header} g (float[N] x) => (${type} y) { y = Neg (x) }`;
  const typed = (type: string): Model => {
    const model = parseModel(text(type));
    inferModel(new Editor(model));
    return model;
  };
  expect(codes(typed('float[5]'))).toEqual([]);
  expect(messages(typed('double[N]'))).toEqual([
    "graph 'g': output 'y' is float[N], but is said to be double[N]",
  ]);
});

test('findings stop at the limit', () => {
  const model = parse(Array.from({ length: 300 }, (_, i) => `v${i} = Foo (x)`).join(' '));
  expect(verifyModel(model)).toHaveLength(100);
  expect(verifyModel(model, { limit: 3 })).toHaveLength(3);
});

test('assertValid blames the model for its mistakes and refold for broken tables', () => {
  expect(() => assertValid(parse(branches))).not.toThrow();
  expect(() => assertValid(parse('t = Foo (x) u = Bar (x)'))).toThrow(ModelError);
  expect(() => assertValid(parse('t = Foo (x) u = Bar (x)'))).toThrow(/Foo.*no such operator \(and 1 more\)/);
  const model = parse('t = Neg (x)');
  Object.assign(model.graph, { nodeCount: 4 });
  expect(() => assertValid(model)).toThrow(InternalError);
});

test('a long model is checked in linear time', () => {
  const nodes = Array.from({ length: 50_000 }, (_, i) => `v${i + 1} = Add (v${i}, v0)`).join(' ');
  const model = parseModel(`${header} g (float v0) => (v50000) { ${nodes} }`);
  expect(verifyModel(model)).toEqual([]);
});
