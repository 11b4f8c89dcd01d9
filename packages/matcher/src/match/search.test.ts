import { expect, test } from 'vitest';
import { find, model, namesOf, nodeOf, rootsOf } from '../../test/support.ts';
import {
  absent,
  any,
  commutative,
  list,
  named,
  num,
  oneOf,
  op,
  optional,
  type Pat,
  through,
  value,
} from '../index.ts';

test('a node matches by operator and operands', () => {
  const m = model('(float[2] a, float[2] b) => (float[2] y) { t = Mul(a, b) u = Sub(t, a) y = Sub(a, u) }');
  expect(rootsOf(m, op('Sub', [op('Mul', ['p', 'q']), any]))).toEqual(['u']);
  expect(rootsOf(m, op('Sub', [any, op('Sub', [any, any])]))).toEqual(['y']);
  expect(rootsOf(m, op(['Mul', 'Sub'], [any, any]))).toEqual(['t', 'u', 'y']);
  expect(rootsOf(m, op('Add', [any, any]))).toEqual([]);
});

test('operators of other domains match only when named with their domain', () => {
  const m = model(
    '(float[2] a) => (y) { t = com.microsoft.Gelu(a) y = Gelu(a) }',
    20,
    ', "com.microsoft" : 1',
  );
  expect(rootsOf(m, op('Gelu', [any]))).toEqual(['y']);
  expect(rootsOf(m, op('Gelu', [any], { domain: 'com.microsoft' }))).toEqual(['t']);
  expect(rootsOf(m, op('Gelu', [any], { domain: 'ai.onnx' }))).toEqual(['y']);
});

test('a function of the model that shadows an operator is not that operator', () => {
  const m = model(`(float[2] a) => (y) { y = Relu(a) }
    <domain: "", opset_import: ["" : 20]> Relu (x) => (r) { r = Neg(x) }`);
  expect(rootsOf(m, op('Relu', [any]))).toEqual([]);
  expect(rootsOf(m, op('Neg', [any]))).toEqual(['r']);
});

test('calls of functions with names of their own match when named', () => {
  const m = model(
    `(float[2] a) => (y) { y = local.Scale(a) }
    <domain: "local", opset_import: ["" : 20]> Scale (x) => (r) { r = Neg(x) }`,
    20,
    ', "local" : 1',
  );
  expect(rootsOf(m, op('Scale', [any], { domain: 'local' }))).toEqual(['y']);
});

test('inputs beyond the pattern keep a node from matching, absent ones do not', () => {
  const m = model('(float[2] a, float s) => (float[2] y) { t = Clip(a, s) u = Clip(a) y = Clip(t, , ) }');
  expect(rootsOf(m, op('Clip', [value('x')]))).toEqual(['u', 'y']);
  expect(rootsOf(m, op('Clip', [value('x')], { extraInputs: 'allow' }))).toEqual(['t', 'u', 'y']);
  expect(rootsOf(m, op('Clip', [any, absent]))).toEqual(['u', 'y']);
  expect(rootsOf(m, op('Clip', [any, 'low']))).toEqual(['t']);
});

test('another output of a node matches when it is asked for', () => {
  const m = model('(float[4] a, int64[1] n) => (y, i) { s, k = TopK(a, n) y = Neg(s) i = Neg(k) }');
  expect(rootsOf(m, op('Neg', [op('TopK', [any, any], { output: 1 })]))).toEqual(['i']);
  expect(rootsOf(m, op('TopK', [any, any], { output: 1 }))).toEqual(['k']);
});

test('a version can be asked for, by when the operator of the opset was introduced', () => {
  const graph = '(float[2] a) => (y) { y = Clip(a) }';
  const pattern = op('Clip', [any], { since: { min: 12 } });
  expect(rootsOf(model(graph, 20), pattern)).toEqual(['y']);
  expect(rootsOf(model(graph, 11), pattern)).toEqual([]);
});

test('commutative operands match in any order, across siblings', () => {
  const pattern = commutative('Add', [op('Mul', ['a', 'b']), op('Mul', ['b', 'c'])]);
  const m = model(`(float[2] p, float[2] q, float[2] r) => (float[2] y, float[2] z) {
    s = Mul(p, q) t = Mul(r, p) y = Add(s, t)
    u = Mul(p, q) v = Mul(q, r) z = Add(v, u) }`);
  // In y the value that both products share is p, second in t and first in s.
  expect(rootsOf(m, pattern)).toEqual(['y', 'z']);
  const [y, z] = find(m, pattern);
  expect(namesOf(y, 'a', 'b', 'c')).toEqual(['r', 'p', 'q']);
  expect(namesOf(z, 'a', 'b', 'c')).toEqual(['p', 'q', 'r']);
});

test('an operator that does not commute cannot be made to', () => {
  expect(() => commutative('Sub', [any, any])).toThrow('Sub does not commute');
});

test('commutative operands with several inputs are assigned one to one', () => {
  const m = model('(float[2] a, float[2] b) => (y, z) { r = Relu(a) y = Sum(a, b, r) z = Sum(a, a, b) }');
  expect(rootsOf(m, commutative('Sum', [op('Relu', ['x']), 'x', any]))).toEqual(['y']);
  expect(rootsOf(m, commutative('Sum', ['x', 'x', any]))).toEqual(['z']);
  expect(rootsOf(m, commutative('Sum', [any, any]))).toEqual([]);
  expect(find(m, commutative('Sum', [op('Relu', [any]), list('rest')]))[0]?.rest).toHaveLength(2);
});

test('alternatives are tried again when something after them fails', () => {
  const m = model('(float[2] a) => (float[2] y) { r = Relu(a) y = Sub(r, r) }');
  const x = value('x');
  const pattern = op('Sub', [oneOf('form', { relu: op('Relu', [x]), plain: x }), x]);
  const [found] = find(m, pattern);
  expect(found?.form).toBe('plain');
});

test('an optional part is taken where it is there', () => {
  const m = model(`(float[2,2] a, float[2,2] w, float[2] b) => (y, z) {
    t = MatMul(a, w) u = Add(t, b) y = Relu(u) s = MatMul(a, w) z = Relu(s) }`);
  const pattern = op('Relu', [
    optional('hasBias', op('MatMul', ['x', 'w']), (inner) => commutative('Add', ['bias', inner])),
  ]);
  const [y, z] = find(m, pattern);
  expect([y?.hasBias, z?.hasBias]).toEqual([true, false]);
  expect(namesOf(y, 'bias')).toEqual(['b']);
  expect(z && 'bias' in z).toBe(false);
});

test('through skips as many nodes as it can, and fewer when the rest does not match', () => {
  const m = model('(float[2] a) => (y) { i = Identity(a) j = Identity(i) y = Relu(j) }');
  const skipping = op('Relu', [through(['Identity'], value('x'), { capture: 'skipped' })]);
  const [deep, middle, shallow] = find(m, skipping);
  expect(deep?.skipped).toHaveLength(2);
  expect(deep?.$nodes.map((n) => n.outputs[0]?.name)).toEqual(['y', 'j', 'i']);
  expect(middle?.skipped).toHaveLength(1);
  expect(shallow?.skipped).toHaveLength(0);
  expect(find(m, op('Relu', [through(['Identity'], op('Identity', ['x']))]))).toHaveLength(2);
  expect(find(m, op('Relu', [through(['Identity'], 'x', { max: 1 })]))).toHaveLength(2);
});

test('all inputs of a variadic operator can be asked about', () => {
  const m = model(`(float[2] a, float[2] b) => (y, z) {
    r = Relu(a) s = Relu(b) y = Concat<axis = 0>(r, s, r) z = Concat<axis = 0>(r, b) }`);
  const pattern = op('Concat', [list('xs', op('Relu', [any]))]);
  expect(rootsOf(m, pattern)).toEqual(['y']);
  expect(find(m, pattern)[0]?.xs).toHaveLength(3);
  expect(rootsOf(m, op('Concat', [list('xs', any, { max: 2 })]))).toEqual(['z']);
  expect(() => op('Concat', [list('xs'), any])).toThrow('must be the last input');
});

test('one capture name, or one pattern object, stands for congruent values', () => {
  const m = model(`(float[2] a) => (y, z, w) {
    r = Relu(a) s = Relu(a) n = Neg(a) y = Sub(r, s) z = Sub(r, n) w = Sub(r, r) }`);
  const relu = op('Relu', ['x']);
  expect(rootsOf(m, op('Sub', ['v', 'v']))).toEqual(['y', 'w']);
  expect(rootsOf(m, op('Sub', [relu, relu]))).toEqual(['y', 'w']);
  expect(rootsOf(m, op('Sub', [any, any]))).toEqual(['y', 'z', 'w']);
});

test('values of nodes that may differ from run to run are not congruent', () => {
  const m = model(`(float[2] a) => (y) {
    r = RandomNormalLike(a) s = RandomNormalLike(a) y = Sub(r, s) }`);
  expect(rootsOf(m, op('Sub', ['v', 'v']))).toEqual([]);
});

test('named captures the node', () => {
  const m = model('(float[2] a) => (y) { t = Relu(a) y = Neg(t) }');
  const [found] = find(m, op('Neg', [named('inner', op('Relu', [any]))]));
  expect(found?.inner).toBe(m.graph.firstNode);
  expect(rootsOf(m, op('Neg', [named('inner', value('x'))]))).toEqual(['y']);
  expect(rootsOf(m, op('Relu', [named('inner', value('x'))]))).toEqual([]);
});

test('behind nodes that hand on their operand, the node that is captured is the one asked for', () => {
  const m = model('(float[2] a) => (y) { r = Relu(a) i = Identity(r) y = Neg(i) }');
  const [found] = find(m, op('Neg', [named('inner', op('Relu', [any]))]));
  expect(found?.inner).toBe(nodeOf(m, 'r'));
  expect(rootsOf(m, op('Neg', [named('inner', oneOf('of', { relu: op('Relu', [any]) }))]))).toEqual(['y']);
});

test('values are tested by dtype, rank, sizes and uses', () => {
  const m = model(`(float[N, 3] a, int64[4] b) => (float[N, 3] y, z, w) {
    y = Relu(a) z = Neg(b) t = Exp(y) w = Add(t, t) }`);
  expect(rootsOf(m, op(['Relu', 'Neg'], [value('x', { dtype: 'float' })]))).toEqual(['y']);
  expect(rootsOf(m, op(['Relu', 'Neg'], [value('x', { dtype: ['signed', 'bool'] })]))).toEqual(['z']);
  expect(rootsOf(m, op(['Relu', 'Neg'], [value('x', { rank: { min: 2 } })]))).toEqual(['y']);
  expect(rootsOf(m, op(['Relu', 'Neg'], [value('x', { dims: ['...', 3] })]))).toEqual(['y']);
  expect(rootsOf(m, op(['Relu', 'Neg'], [value('x', { dims: ['_'] })]))).toEqual(['z']);
  expect(rootsOf(m, op('Exp', [value('x', { graphOutput: true, singleUse: false })]))).toEqual(['t']);
  expect(rootsOf(m, op('Add', [value('x', { singleUse: true }), any]))).toEqual([]);
});

test('a size by name is the same wherever the pattern says it', () => {
  const m = model(`(float[N, K] a, float[K, M] b, float[M, M] c) => (y, z) {
    y = MatMul(a, b) z = MatMul(b, c) }`);
  const square = op('MatMul', [value('l', { dims: ['i', 'j'] }), value('r', { dims: ['j', 'j'] })]);
  expect(rootsOf(m, square)).toEqual(['z']);
});

test('a pattern and a graph of 2,000 levels need no stack', () => {
  const depth = 2000;
  let pattern: Pat<object> = value('x');
  const lines: string[] = [];
  for (let i = 0; i < depth; i += 1) {
    pattern = op('Relu', [pattern]);
    lines.push(`v${i + 1} = Relu(v${i})`);
  }
  const m = model(`(float[2] v0) => (float[2] v${depth}) { ${lines.join('\n')} }`);
  expect(rootsOf(m, pattern)).toEqual([`v${depth}`]);
  expect(rootsOf(m, op('Relu', [pattern]))).toEqual([]);
});

test('leaves may be values of outer graphs; matched nodes lie in one graph', () => {
  const m = model(`(bool c, float[2] a) => (float[2] y) {
    r = Relu(a)
    y = If(c) <then_branch = t () => (p) { s = Neg(a) p = Exp(s) }, else_branch = e () => (q) { q = Exp(r) }> }`);
  expect(rootsOf(m, op('Exp', [value('x')]))).toEqual(['q', 'p']);
  expect(rootsOf(m, op('Exp', [op('Neg', [value('x')])]))).toEqual(['p']);
  expect(rootsOf(m, op('Exp', [op('Relu', [value('x')])]))).toEqual([]);
});

test('a literal is a constant', () => {
  const m = model('(float[2] a) => (float[2] y) <float h = {0.5}> { y = Mul(a, h) }');
  expect(rootsOf(m, op('Mul', ['x', 0.5]))).toEqual(['y']);
  expect(rootsOf(m, op('Mul', ['x', num(0.25)]))).toEqual([]);
});

test('nodes that hand on their operand are looked through right below the root too', () => {
  const m = model(
    '(float[2] a, float[2] b) => (y, z) { n = Neg(a) i = Identity(n) y = Tanh(i) z = Add(b, i) }',
  );
  expect(rootsOf(m, op('Tanh', [op('Neg', ['x'])]))).toEqual(['y']);
  expect(rootsOf(m, commutative('Add', [op('Neg', ['x']), any]))).toEqual(['z']);
});
