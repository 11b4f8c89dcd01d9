import { expect, test } from 'vitest';
import type { Value } from '../graph/value.ts';
import { parseModel } from '../text/parse.ts';
import { congruence } from './congruence.ts';

const header = '<ir_version: 10, opset_import: ["" : 20, "com.example" : 1]>';

/** Whether values named a and b of a graph with these nodes are found equal. */
function equal(nodes: string, values = ''): boolean {
  const text = `${header} g (float[N] x, float[N] y, bool c) => () <${values === '' ? 'float unused = {0}' : values}> { ${nodes} }`;
  const model = parseModel(text);
  const numbers = congruence(model.graph);
  const named = new Map<string, Value>();
  for (const value of model.graph.initializers) named.set(value.name, value);
  for (const node of model.graph.nodes())
    for (const output of node.outputs) if (output) named.set(output.name, output);
  const a = named.get('a');
  const b = named.get('b');
  if (!a || !b) throw new Error('a and b are needed');
  return numbers.numberOf(a) === numbers.numberOf(b);
}

test('the same operator on the same operands gives the same value', () => {
  expect(equal('a = Relu (x) b = Relu (x)')).toBe(true);
  expect(equal('a = Relu (x) b = Relu (y)')).toBe(false);
  expect(equal('a = Relu (x) b = Neg (x)')).toBe(false);
  expect(equal('t = Relu (x) u = Relu (x) a = Exp (t) b = Exp (u)')).toBe(true);
});

test('operands of commutative operators may be swapped, of others not', () => {
  expect(equal('a = Add (x, y) b = Add (y, x)')).toBe(true);
  expect(equal('a = Sum (x, y) b = Sum (y, x)')).toBe(true);
  expect(equal('a = Sub (x, y) b = Sub (y, x)')).toBe(false);
  expect(equal('a = Sum (x, y, x) b = Sum (y, x, x)')).toBe(false);
  expect(equal('a = Max (x, y) b = Max (y, x)')).toBe(false);
});

test('attributes count by value, and a default counts as absent', () => {
  expect(equal('a = Softmax <axis = 1> (x) b = Softmax <axis = 1> (x)')).toBe(true);
  expect(equal('a = Softmax <axis = 1> (x) b = Softmax <axis = 0> (x)')).toBe(false);
  expect(equal('a = Softmax <axis = -1> (x) b = Softmax (x)')).toBe(true);
  expect(equal('a = Elu <alpha = 1.0> (x) b = Elu (x)')).toBe(true);
  expect(equal('a = LeakyRelu <alpha = 0.0> (x) b = LeakyRelu <alpha = -0.0> (x)')).toBe(false);
  expect(equal('a = Unknown <axis = -1> (x) b = Unknown (x)')).toBe(false);
});

test('constants are equal bit for bit, whether initializers or nodes', () => {
  expect(equal('', 'float[2] a = {1, 2}, float[2] b = {1, 2}')).toBe(true);
  expect(equal('', 'float[2] a = {1, 2}, float[2] b = {1, 3}')).toBe(false);
  expect(equal('', 'float[2] a = {1, 2}, float[1,2] b = {1, 2}')).toBe(false);
  expect(equal('', 'float a = {0}, float b = {-0.0}')).toBe(false);
  expect(equal('', 'int32 a = {0}, float b = {0}')).toBe(false);
  expect(equal('', 'float[2] other = {5, 6}, float[2] a = {1, 2}, float[2] b = {1, 2}')).toBe(true);
  expect(equal('', 'string[1] a = {"p"}, string[1] b = {"p"}')).toBe(true);
  expect(equal('b = Constant <value = float[2] {1, 2}> ()', 'float[2] a = {1, 2}')).toBe(true);
  expect(equal('b = Constant <value_float = 1.5> ()', 'float a = {1.5}')).toBe(true);
});

test('random results are equal only to themselves', () => {
  const random = 'RandomNormalLike <seed = 1.0> (x)';
  expect(equal(`a = ${random} b = ${random}`)).toBe(false);
  expect(equal(`t = ${random} a = Neg (t) b = Neg (t)`)).toBe(true);
  expect(equal('a = com.example.Foo (x) b = com.example.Foo (x)')).toBe(false);
});

test('nodes that want other outputs are not compared', () => {
  const pool = 'MaxPool <kernel_shape = [1]> (x)';
  expect(equal(`a = ${pool} b = ${pool}`)).toBe(true);
  expect(equal(`a = ${pool} b, i = ${pool}`)).toBe(false);
  expect(equal(`a, b = Split <num_outputs = 2> (x)`)).toBe(false);
});

test('nested graphs are equal when they compute the same, whatever their names', () => {
  const branch = (name: string, node: string) => `${name} () => (${name}o) { ${name}o = ${node} }`;
  const iff = (t: string, e: string) => `If (c) <then_branch = ${t}, else_branch = ${e}>`;
  const one = iff(branch('p', 'Relu (x)'), branch('q', 'Neg (x)'));
  expect(equal(`a = ${one} b = ${iff(branch('r', 'Relu (x)'), branch('s', 'Neg (x)'))}`)).toBe(true);
  expect(equal(`a = ${one} b = ${iff(branch('r', 'Relu (y)'), branch('s', 'Neg (x)'))}`)).toBe(false);
  expect(equal(`a = ${one} b = ${iff(branch('r', 'Neg (x)'), branch('s', 'Relu (x)'))}`)).toBe(false);
  const random = iff(branch('p', 'RandomNormalLike (x)'), branch('q', 'Neg (x)'));
  expect(equal(`a = ${random} b = ${random.replaceAll('po', 'ro').replaceAll('qo', 'so')}`)).toBe(false);
});

test('loop bodies are compared by the places of their inputs', () => {
  const loop = (n: string, node: string) =>
    `Loop ("", c, x) <body = ${n} (int64 ${n}i, bool ${n}c, float[N] ${n}s, float[N] ${n}u) => (bool ${n}c, float[N] ${n}t) { ${n}t = ${node} }>`;
  expect(equal(`a = ${loop('p', 'Sub (ps, y)')} b = ${loop('q', 'Sub (qs, y)')}`)).toBe(true);
  expect(equal(`a = ${loop('p', 'Sub (ps, y)')} b = ${loop('q', 'Sub (qu, y)')}`)).toBe(false);
});

test('calls of one function are equal if the function is not random', () => {
  const model = (body: string) =>
    parseModel(`${header} g (float x) => (a, b) { a = com.example.F (x) b = com.example.F (x) }
      <domain: "com.example", opset_import: ["" : 20]> F (p) => (q) { q = ${body} }`);
  const same = (body: string): boolean => {
    const { graph } = model(body);
    const numbers = congruence(graph);
    const [a, b] = graph.outputs.map((v) => numbers.numberOf(v));
    return a === b;
  };
  expect(same('Relu (p)')).toBe(true);
  expect(same('RandomUniformLike (p)')).toBe(false);
});
