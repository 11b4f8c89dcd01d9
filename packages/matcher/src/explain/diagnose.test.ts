import { expect, test } from 'vitest';
import { model } from '../../test/support.ts';
import {
  absent,
  compile,
  constant,
  explain,
  failedText,
  list,
  op,
  type Pat,
  permuted,
  product,
  repeat,
  reshaped,
  roots,
  rule,
  value,
} from '../index.ts';

/** The reason code and the sentence for a rule that does not match at `y`. */
function why<C extends object>(graph: string, match: Pat<C>, opset = 20, functions = ''): string {
  const base = { name: 'test/rule', doc: 'a test', exactness: 'exact', phase: 'fuse' } as const;
  const rules = compile([rule({ ...base, match, build: (m) => m.$root })]);
  const { outcome, failed } = explain(rules, model(`${graph} ${functions}`, opset), 'test/rule', 'y');
  return failed ? `${outcome} ${failed.reason}: ${failedText(failed)}` : outcome;
}

test('numbers of inputs', () => {
  const graph = '(float[2] a, float[2] b) => (y) { y = Concat <axis = 0> (a, b, a) }';
  expect(why(graph, op('Concat', ['p', 'q']))).toBe(
    'structure input-count: expected at most 2 inputs, found 3 (Concat, node y)',
  );
  expect(why(graph, op('Concat', [list('all', value('v'), { max: 2 })]))).toBe(
    'structure input-count: expected at most 2 inputs, found 3 (Concat, node y)',
  );
  expect(why('(float[2] a) => (y) { y = Clip (a) }', op('Clip', ['x', 'low']))).toBe(
    'structure no-input: expected low, found no such input of Clip (node y)',
  );
  const bounded = '(float[2] a) => (y) <float l = {0}> { y = Clip (a, l) }';
  expect(why(bounded, op('Clip', ['x', absent], { extraInputs: 'allow' }))).toBe(
    'structure input-given: expected no input, found constant 0 (at l)',
  );
});

test('every member of a list', () => {
  const graph = '(float[2] a) => (y) { p = Relu (a) q = Tanh (a) y = Concat <axis = 0> (p, q) }';
  expect(why(graph, op('Concat', [list('all', op('Relu', ['x']))]))).toBe(
    'structure op: expected Relu, found Tanh (node q)',
  );
});

test('another output, another version, another meaning', () => {
  const split = '(float[4] a) => (y, z) { p, q = Split <num_outputs = 2> (a) y = Relu (p) z = Relu (q) }';
  expect(why(split, op('Relu', [op('Split', ['x'], { output: 1 })]))).toBe(
    'structure output: expected output 1 of Split, found output 0 (node p)',
  );
  expect(why('(float[4] a) => (y) { y = Relu (a) }', op('Relu', ['x'], { since: { max: 13 } }))).toBe(
    'structure version: expected Relu of version up to 13, found version 14 (node y)',
  );
  const softmax = '(float[2,3,4] a) => (y) { y = Softmax <axis = 1> (a) }';
  expect(why(softmax, op('Softmax', ['x']), 11)).toMatch(
    'structure meaning: expected Softmax with the meaning that it has by its name, found Softmax (node y), which before opset 13',
  );
  const shadow = '<domain: "", opset_import: ["" : 20]> Relu (x) => (r) { r = Neg (x) }';
  expect(why('(float[2] a) => (y) { y = Relu (a) }', op('Relu', ['x']), 20, shadow)).toMatch(
    'which calls a function of the model',
  );
});

test('a value of an outer graph is not part of a match', () => {
  const graph = `(float[2] a, bool c) => (z) { r = Relu (a)
    z = If (c) <then_branch = t () => (y) { y = Neg (r) }, else_branch = e () => (w) { w = Neg (a) }> }`;
  expect(why(graph, op('Neg', [op('Relu', ['x'])]))).toBe(
    'structure no-node: expected Relu, found Relu (node r) in an outer graph',
  );
});

test('constants of another type, shape or mixture', () => {
  const graph = '(float[2] a) => (y) <float[2] w = {1, 2}> { y = Mul (a, w) }';
  const scaled = (c: Parameters<typeof constant>[1]) => why(graph, op('Mul', ['x', constant('c', c)]));
  expect(scaled({ dtype: 'float16' })).toBe('structure dtype: expected float16, found float32 (at w)');
  expect(scaled({ dims: [3] })).toBe('structure dims: expected of shape [3], found [2] (at w)');
  expect(scaled({ splat: true })).toBe(
    'structure not-uniform: expected equal elements, found constant `w` of float32[2]',
  );
  expect(scaled({ value: [1, 3] })).toBe(
    'structure constant-value: expected [1,3], found constant `w` of float32[2]',
  );
  expect(why('(float[1] a) => (y) <float[2] w = {2, 2}> { y = Mul (a, w) }', op('Mul', ['x', 2]))).toBe(
    'structure widens: expected a number that keeps the shape, found `w` of shape [2], with which Mul may also expand',
  );
});

test('axes in another order, other shapes', () => {
  const turned = op('Relu', [permuted([0, 2, 1], op('Tanh', ['x']))]);
  const perm = '(float[2,3,4] a) => (y) { t = Tanh (a) p = Transpose <perm = [1, 0, 2]> (t) y = Relu (p) }';
  expect(why(perm, turned)).toBe(
    'structure axes-order: expected permuted(Tanh(x); 0 2 1), found perm = [1,0,2] (Transpose, node p)',
  );
  expect(why('(float[2,3,4] a) => (y) { t = Tanh (a) y = Relu (t) }', turned)).toBe(
    'structure op: expected Transpose: permuted(Tanh(x); 0 2 1), found Tanh (node t)',
  );
  const heads = op('Relu', [reshaped('B (H 4) -> B H 4', op('Tanh', ['x']))]);
  const shape = `(float[2,15] a) => (y) <int64[3] s = {2,5,3}> { t = Tanh (a) r = Reshape (t, s) y = Relu (r) }`;
  expect(why(shape, heads)).toBe(
    'structure shape-equation: expected reshaped(Tanh(x); B (H 4) -> B H 4), found [2, 15] -> [2, 5, 3] (Reshape, node r)',
  );
});

test('a chain that is too short, and a second root that is not there', () => {
  const chain = op('Neg', [repeat((inner) => op('Relu', [inner]), op('Tanh', ['x']), { min: 2 })]);
  expect(why('(float[2] a) => (y) { t = Tanh (a) r = Relu (t) y = Neg (r) }', chain)).toBe(
    'structure op: expected Relu, found Tanh (node t)',
  );
  const x = value('x');
  const pair = roots({ first: op('Relu', [x]), second: op('Tanh', [x]) });
  expect(why('(float[2] a) => (y) { y = Relu (a) }', pair)).toBe(
    'structure no-other-root: expected Tanh(x), found no such value above those that are matched',
  );
});

test('a power whose factors are not the same', () => {
  const square = op('Exp', [product([op('Pow', [op('Tanh', ['x']), 2])])]);
  const graph = '(float[2] a, float[2] b) => (y) { s = Tanh (a) t = Tanh (b) m = Mul (s, t) y = Exp (m) }';
  expect(why(graph, square)).toMatch(/^structure (not-the-same|no-factor|left-over): /);
});

test('a search that takes too long says so', () => {
  const many = Array.from({ length: 16 }, (_, i) => `t${i}`);
  const nodes = many.map((t, i) => `${t} = Add (a, b${i})`).join(' ');
  const inputs = many.map((_, i) => `float[2] b${i}`).join(', ');
  const graph = `(float[2] a, ${inputs}) => (y) { ${nodes} y = Sum (${many.join(', ')}) }`;
  const terms = many.map((_, i) => op('Add', [`p${i}`, i === 15 ? op('Tanh', ['q']) : `q${i}`]));
  expect(why(graph, op('Sum', terms, { commute: true }))).toBe(
    'fuel fuel: expected an end of the search, found too many ways to try (at y)',
  );
});
