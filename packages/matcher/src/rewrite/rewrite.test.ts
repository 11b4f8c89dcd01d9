import { printModel } from '@refold/ir';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apply, model, printed, text } from '../../test/support.ts';
import {
  any,
  commutative,
  compile,
  no,
  num,
  op,
  optional,
  type Rule,
  rewrite,
  rule,
  value,
  yes,
} from '../index.ts';

const exact = { exactness: 'exact', phase: 'normalize' } as const;

const reluRelu: Rule = rule({
  name: 'test/relu-relu',
  doc: 'Relu(Relu(x)) = Relu(x)',
  match: op('Relu', [op('Relu', ['x'])]),
  build: (m, b) => b.node('Relu', [m.x]),
  emits: [{ op: 'Relu', since: 1 }],
  ...exact,
});

const identity: Rule = rule({
  name: 'test/identity',
  doc: 'Identity(x) = x',
  match: op('Identity', ['x']),
  build: (m) => m.x,
  ...exact,
});

const negNeg: Rule = rule({
  name: 'test/neg-neg',
  doc: '-(-x) = x',
  match: op('Neg', [op('Neg', ['x'])]),
  build: (m) => m.x,
  ...exact,
});

const addMul: Rule = rule({
  name: 'test/add-self',
  doc: 'x + x = x * 2',
  match: op('Add', [value('x', { dtype: 'float32' }), 'x']),
  build: (m, b) => b.node('Mul', [m.x, b.constant(2, 'float32')]),
  ...exact,
});

test('a match is replaced, and the new value takes the old name', () => {
  const m = model('(float[2] x) => (float[2] y) { t = Relu(x) u = Relu(t) y = Neg(u) }');
  const report = apply(m, [reluRelu]);
  expect(text(m)).toBe(printed('(float[2] x) => (float[2] y) { u = Relu(x) y = Neg(u) }'));
  expect(report.applied).toEqual({ 'test/relu-relu': 1 });
  expect(report.refused).toEqual({});
  expect(report.stopped).toBeUndefined();
});

test('the result of a rewrite is rewritten in turn', () => {
  const m = model(
    '(float[2] x) => (float[2] y) { a = Relu(x) b = Relu(a) c = Relu(b) d = Relu(c) y = Relu(d) }',
  );
  expect(apply(m, [reluRelu]).rewrites).toBe(4);
  expect(text(m)).toBe(printed('(float[2] x) => (float[2] y) { y = Relu(x) }'));
});

test('a rewrite at a later node makes a match possible at an earlier one', () => {
  // Neg(Neg(x)) only goes when nothing else reads it; Identity stands behind it.
  const lonely = rule({
    name: 'test/lonely',
    doc: 'Exp(x) = Relu(Exp(x)) where nothing else reads x',
    match: op('Exp', [value('x', { singleUse: true })]),
    build: (m, b) => b.node('Abs', [m.x]),
    ...exact,
  });
  const drop = rule({
    name: 'test/drop',
    doc: 'Where(true, x, y) = x',
    match: op('Where', [num(1), 'x', any]),
    build: (m) => m.x,
    ...exact,
  });
  const m = model(`(float[2] x) => (float[2] y, float[2] z) <bool c = {1}> {
    r = Relu(x) e = Exp(r) y = Neg(e) s = Sin(x) w = Where(c, s, r) z = Neg(w) }`);
  const report = apply(m, [lonely, drop]);
  expect(report.applied).toEqual({ 'test/lonely': 1, 'test/drop': 1 });
  expect(text(m)).toContain('e = Abs (r)');
});

test('nested graphs and function bodies are rewritten too', () => {
  const m = model(
    `(bool c, float[2] x) => (y, z) {
      y = If(c) <then_branch = t () => (p) { a = Relu(x) b = Relu(a) p = Neg(b) },
                 else_branch = e () => (q) { q = Neg(x) }>
      z = local.F(x) }
    <domain: "local", opset_import: ["" : 20]> F (u) => (w) { v = Relu(u) w = Relu(v) }`,
    20,
    ', "local" : 1',
  );
  expect(apply(m, [reluRelu]).rewrites).toBe(2);
  expect(printModel(m).match(/Relu/g)).toHaveLength(2);
});

test('constants that a rule makes in a function body are Constant nodes', () => {
  const twice = rule({
    name: 'test/twice',
    doc: 'Relu(Relu(x)) = Max(x, 0)',
    match: op('Relu', [op('Relu', ['x'])]),
    build: (m, b) => b.node('Max', [m.x, b.constant(0, 'float32')]),
    ...exact,
  });
  const m = model(
    `(float[2] x) => (y) { y = local.F(x) }
    <domain: "local", opset_import: ["" : 20]> F (u) => (w) { v = Relu(u) w = Relu(v) }`,
    20,
    ', "local" : 1',
  );
  expect(apply(m, [twice]).rewrites).toBe(1);
  const [fn] = m.functions.values();
  expect(fn?.body.initializers.size).toBe(0);
  expect([...(fn?.body.nodes() ?? [])].map((n) => n.opType)).toEqual(['Constant', 'Max']);
});

test('what only the match had used goes with it: nodes, constants, initializers', () => {
  const zero = rule({
    name: 'test/times-zero',
    doc: 'Min(x + c, x) = x for c > 0',
    match: op('Min', [op('Add', ['x', num(1)]), 'x']),
    build: (m) => m.x,
    ...exact,
  });
  const m = model(
    '(float[2] a) => (float[2] y) <float h = {1}> { r = Relu(a) o = Identity(h) s = Add(r, o) t = Min(s, r) y = Neg(t) }',
  );
  apply(m, [zero]);
  expect(text(m)).toBe(printed('(float[2] a) => (float[2] y) { r = Relu(a) y = Neg(r) }'));
});

test('a guard refuses with a code that the report counts', () => {
  const guarded = rule({
    name: 'test/guarded',
    doc: 'Relu(x) = x',
    match: op('Relu', ['x']),
    guard: (m, q) => (q.rank(m.x) === 1 ? yes : no('not-a-vector', 'x')),
    build: (m) => m.x,
    ...exact,
  });
  const m = model(
    '(float[2] a, float[2, 2] b) => (float[2] y, float[2, 2] z) { r = Relu(a) y = Neg(r) s = Relu(b) z = Neg(s) }',
  );
  const report = apply(m, [guarded]);
  expect(report.applied).toEqual({ 'test/guarded': 1 });
  expect(report.refused).toEqual({ 'test/guarded': { 'not-a-vector': 1 } });
});

test('a builder may give up, and nothing of what it built stays', () => {
  const late = rule({
    name: 'test/late',
    doc: 'gives up',
    match: op('Relu', ['x']),
    build: (m, b) => {
      b.node('Mul', [m.x, b.constant([2], 'float32')]);
      return b.fail('changed-its-mind', 'x');
    },
    ...exact,
  });
  const graph = '(float[2] a) => (float[2] y) { y = Relu(a) }';
  const m = model(graph);
  expect(apply(m, [late]).refused).toEqual({ 'test/late': { 'changed-its-mind': 1 } });
  expect(text(m)).toBe(printed(graph));
});

test('the largest match comes first where the root is optional', () => {
  const gemm = rule({
    name: 'test/gemm',
    doc: 'x w (+ b) = Gemm',
    match: optional('hasBias', op('MatMul', ['x', 'w']), (inner) => commutative('Add', [inner, 'b'])),
    guard: (m) =>
      m.b && m.b.type?.kind === 'tensor' && m.b.type.shape?.length !== 1 ? no('bias-is-no-vector', 'b') : yes,
    build: (m, b) => b.node('Gemm', [m.x, m.w, m.b]),
    exactness: 'exact',
    phase: 'fuse',
  });
  const m =
    model(`(float[2, 2] x, float[2, 2] w, float[2] v, float[1, 2] u) => (float[2, 2] y, float[2, 2] z) {
    s = MatMul(x, w) y = Add(v, s) t = MatMul(w, x) z = Add(t, u) }`);
  expect(apply(m, [gemm]).applied).toEqual({ 'test/gemm': 2 });
  expect(text(m)).toBe(
    printed(`(float[2, 2] x, float[2, 2] w, float[2] v, float[1, 2] u) => (float[2, 2] y, float[2, 2] z) {
    y = Gemm(x, w, v) t = Gemm(w, x) z = Add(t, u) }`),
  );
});

test('several outputs of one node are replaced together', () => {
  const split = rule({
    name: 'test/top-1',
    doc: 'TopK(x, 1) = ReduceMax(x), ArgMax(x)',
    match: op('TopK', ['x', num([1])], { params: { axis: -1, largest: 1 } }),
    build: (m, b) => ({
      Values: b.node('ReduceMax', [m.x, b.ints([-1])]),
      Indices: b.node('ArgMax', [m.x], { axis: -1 }),
    }),
    grows: true,
    decreases: 'TopK nodes',
    ...exact,
  });
  const m = model(
    '(float[2, 3] a) => (float[2, 1] y, int64[2, 1] i) <int64[1] k = {1}> { y, i = TopK(a, k) }',
  );
  expect(apply(m, [split]).refused).toEqual({});
  expect([...m.graph.nodes()].map((n) => `${n.outputs[0]?.name} ${n.opType}`)).toEqual([
    'y ReduceMax',
    'i ArgMax',
  ]);
});

test('rules are used by exactness, phase and name', () => {
  const graph = '(float[2] x) => (float[2] y) { i = Identity(x) r = Relu(i) s = Relu(r) y = Neg(s) }';
  const run = (options: Parameters<typeof rewrite>[2]) =>
    apply(model(graph), [reluRelu, identity], options).applied;
  expect(run({ include: ['test/identity'] })).toEqual({ 'test/identity': 1 });
  expect(run({ exclude: ['test/identity'] })).toEqual({ 'test/relu-relu': 1 });
  expect(run({ phases: ['fuse'] })).toEqual({});
  const loose = rule({ ...reluRelu.spec, name: 'test/loose', exactness: 'approximate' });
  expect(apply(model(graph), [loose]).applied).toEqual({});
  expect(apply(model(graph), [loose], { exactness: 'approximate' }).applied).toEqual({ 'test/loose': 1 });
});

test('a later phase waits for the earlier ones', () => {
  const fuse = rule({ ...addMul.spec, name: 'test/fuse', phase: 'fuse' });
  const m = model('(float[2] x) => (float[2] y) { a = Neg(x) b = Neg(a) y = Add(b, x) }');
  const order: string[] = [];
  apply(m, [fuse, negNeg], { onRewrite: (e) => order.push(e.rule) });
  expect(order).toEqual(['test/neg-neg', 'test/fuse']);
});

test('the rule that gains most comes first, whatever the order of the rules', () => {
  const all = rule({
    name: 'test/exp-relu-relu',
    doc: 'Relu(Relu(x)) = Max(x)',
    match: op('Relu', [op('Relu', ['x'])]),
    build: (m, b) => b.node('Max', [m.x]),
    benefit: 5,
    ...exact,
  });
  for (const rules of [
    [all, reluRelu],
    [reluRelu, all],
  ]) {
    const m = model('(float[2] x) => (float[2] y) { a = Relu(x) y = Relu(a) }');
    expect(apply(m, rules).applied).toEqual({ 'test/exp-relu-relu': 1 });
  }
});

test('each rewrite is told, with names of nodes and values', () => {
  const m = model('(float[2] x) => (float[2] y) { [first] a = Relu(x) [second] b = Relu(a) y = Neg(b) }');
  const events: unknown[] = [];
  apply(m, [reluRelu], { onRewrite: (e) => events.push(e) });
  expect(events).toEqual([
    {
      seq: 1,
      rule: 'test/relu-relu',
      graph: 'g',
      removed: ['second', 'first'],
      added: ['second'],
      outputs: ['b'],
    },
  ]);
});

test('what a rule throws is told with the rule and the node, and the rewrite is taken back', () => {
  const broken = rule({
    ...reluRelu.spec,
    name: 'test/broken',
    build: (m, b) => {
      b.node('Relu', [m.$root]);
      throw new TypeError('oh');
    },
  });
  const graph = '(float[2] x) => (float[2] y) { a = Relu(x) y = Relu(a) }';
  const m = model(graph);
  expect(() => apply(m, [broken])).toThrow('rule test/broken failed: oh');
  expect(text(m)).toBe(printed(graph));
});

test('a run can be ended from outside; finished rewrites stay', () => {
  const lines = Array.from({ length: 2000 }, (_, i) => `v${i + 1} = Relu(v${i})`).join(' ');
  const m = model(`(float[2] v0) => (float[2] v2000) { ${lines} }`);
  const controller = new AbortController();
  const tick = () => controller.abort();
  expect(() => apply(m, [reluRelu], { tick, signal: controller.signal })).toThrow('aborted');
  expect(m.graph.nodeCount).toBeLessThan(2000);
});

test('two rules of one name, a rule without a place to start from, growth without a measure are refused', () => {
  expect(() => compile([reluRelu, reluRelu])).toThrow('two rules are named test/relu-relu');
  expect(() => compile([rule({ ...identity.spec, match: value('x') })])).toThrow('no place to start from');
  expect(() => compile([rule({ ...identity.spec, grows: true })])).toThrow('what it decreases');
});

test('the number of visits grows with the graph, not with its square', () => {
  const visits = (n: number) => {
    const lines = Array.from({ length: n }, (_, i) => `v${i + 1} = ${i % 3 === 0 ? 'Neg' : 'Relu'}(v${i})`);
    return apply(model(`(float[2] v0) => (float[2] v${n}) { ${lines.join(' ')} }`), [reluRelu, negNeg])
      .visits;
  };
  expect(visits(4000) / visits(1000)).toBeLessThan(4.5);
});

const unary = fc.constantFrom('Relu', 'Neg', 'Identity', 'Exp');
const program = fc.array(
  fc.oneof(
    fc.tuple(unary, fc.nat()).map(([f, a]) => ({ f, a, b: undefined })),
    fc.tuple(fc.nat(), fc.nat()).map(([a, b]) => ({ f: 'Add', a, b })),
  ),
  { minLength: 1, maxLength: 40 },
);

/** A graph of one value a step, each made of earlier ones; the last one is the output. */
function graphOf(steps: readonly { f: string; a: number; b: number | undefined }[]): string {
  const name = (i: number, n: number) => (i % (n + 1) === 0 ? 'x' : `v${i % (n + 1)}`);
  const lines = steps.map(({ f, a, b }, i) => {
    const operands = b === undefined ? name(a, i) : `${name(a, i)}, ${name(b, i)}`;
    return `v${i + 1} = ${f}(${operands})`;
  });
  return `(float[2] x) => (y) { ${lines.join(' ')} y = Sigmoid(v${steps.length}) }`;
}

test('a second run finds nothing to do', () => {
  const rules = compile([reluRelu, negNeg, identity, addMul]);
  fc.assert(
    fc.property(program, (steps) => {
      const m = model(graphOf(steps));
      rewrite(m, rules);
      const once = text(m);
      expect(rewrite(m, rules).rewrites).toBe(0);
      expect(text(m)).toBe(once);
    }),
    { numRuns: 200 },
  );
});
