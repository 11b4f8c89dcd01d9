import { Editor, inferModel, parseModel, Tensor } from '@refold/ir';
import { expect, test } from 'vitest';
import { apply, model, nodeOf, printed, text, valueNamed } from '../../test/support.ts';
import {
  type Builder,
  op,
  type Pat,
  type Replacement,
  type Rule,
  type RuleSpec,
  rule,
  value,
} from '../index.ts';

/** A rule about `Exp(Relu(x))` unless it says otherwise. */
const reluExp = op('Exp', [op('Relu', ['x'])]);
type X = typeof reluExp extends Pat<infer C> ? C : never;

function testRule(spec: Partial<RuleSpec<X>> & Pick<RuleSpec<X>, 'build'>): Rule {
  return rule({ name: 'r', doc: 'test', match: reluExp, exactness: 'exact', phase: 'normalize', ...spec });
}

const toAbs = testRule({ build: (m, b) => b.node('Abs', [m.x]) });

const small = '(float[2] a) => (float[2] y) { t = Relu(a) u = Exp(t) y = Neg(u) }';

/** The reason for which a rule is refused in a model, which it must leave as it was. */
function refusal(rules: Rule, graph: string, opset = 20): string {
  const m = model(graph, opset);
  const report = apply(m, [rules]);
  expect(report.applied).toEqual({});
  expect(text(m)).toBe(printed(graph, opset));
  return Object.keys(report.refused.r ?? {}).join();
}

test('an interior value that something else reads keeps a rule without gain from firing', () => {
  expect(refusal(toAbs, '(float[2] a) => (y, z) { t = Relu(a) y = Exp(t) z = Neg(t) }')).toBe('outside-use');
});

test('an interior value that is a graph output is read outside', () => {
  expect(refusal(toAbs, '(float[2] a) => (y, float[2] t) { t = Relu(a) y = Exp(t) }')).toBe('outside-use');
});

test('an interior value that a nested graph reads is read outside', () => {
  const graph = `(bool c, float[2] a) => (y, z) {
    t = Relu(a) y = Exp(t)
    z = If(c) <then_branch = p () => (s) { s = Neg(t) }, else_branch = q () => (r) { r = Neg(a) }> }`;
  expect(refusal(toAbs, graph)).toBe('outside-use');
});

test('nodes that something else reads stay when the rule gains all the same, or says that they may', () => {
  const graph = '(float[2] a) => (y, z) { t = Relu(a) y = Exp(t) z = Neg(t) }';
  const kept = model(graph);
  apply(kept, [testRule({ build: (m, b) => b.node('Abs', [m.x]), keep: 'allowed' })]);
  expect(text(kept)).toBe(printed('(float[2] a) => (y, z) { t = Relu(a) y = Abs(a) z = Neg(t) }'));
  const gain = model(graph);
  apply(gain, [testRule({ build: (m) => m.x })]);
  // y is a graph output and a is an input, so that y cannot be a.
  expect(text(gain)).toBe(printed(graph));
  const inside = model('(float[2] a) => (y, z) { t = Relu(a) u = Exp(t) y = Sin(u) z = Neg(t) }');
  apply(inside, [testRule({ build: (m) => m.x })]);
  expect(text(inside)).toBe(printed('(float[2] a) => (y, z) { t = Relu(a) y = Sin(a) z = Neg(t) }'));
});

test('keep: forbidden refuses even where there is a gain', () => {
  const strict = testRule({ build: (m) => m.x, keep: 'forbidden' });
  expect(refusal(strict, '(float[2] a) => (y, z) { t = Relu(a) u = Exp(t) y = Sin(u) z = Neg(t) }')).toBe(
    'outside-use',
  );
});

test('a replacement of another shape or dtype is refused', () => {
  const build = (f: (b: Builder, x: Parameters<RuleSpec<X>['build']>[0]['x']) => Replacement) =>
    testRule({ build: (m, b) => f(b, m.x) });
  expect(
    refusal(
      build((b, x) => b.node('Cast', [x], { to: 7 })),
      small,
    ),
  ).toBe('dtype-differs');
  expect(
    refusal(
      build((b, x) => b.node('Unsqueeze', [x, b.ints([0])])),
      small,
    ),
  ).toBe('shape-differs');
  expect(
    refusal(
      build((b, x) => b.node('Concat', [x, x], { axis: 0 })),
      small,
    ),
  ).toBe('shape-differs');
  const symbolic = '(float[N] a, int64[1] s) => (y) { t = Relu(a) u = Exp(t) y = Neg(u) }';
  const reshape = testRule({ build: (m, b) => b.node('Expand', [m.x, present(m.$root.graph?.inputs[1])]) });
  expect(refusal(reshape, symbolic)).toBe('shape-not-proved');
});

function present<T>(x: T | undefined): T {
  if (x === undefined) throw new Error('absent');
  return x;
}

test('where nothing is known of the old type, a new one refines it, and what follows', () => {
  const m = parseModel(`<ir_version: 10, opset_import: ["" : 20, "v" : 1]> g (float[2] a) => (y) {
    t = v.Unknown(a) y = Neg(t) }`);
  inferModel(new Editor(m));
  expect(valueNamed(m, 'y').type).toBeUndefined();
  const known = rule({
    name: 'r',
    doc: 'Unknown(x) = Relu(x)',
    match: op('Unknown', ['x'], { domain: 'v' }),
    build: (c, b) => b.node('Relu', [c.x]),
    exactness: 'exact',
    phase: 'normalize',
  });
  expect(apply(m, [known]).applied).toEqual({ r: 1 });
  expect(valueNamed(m, 'y').type).toEqual({ kind: 'tensor', dtype: 'float32', shape: [2] });
});

test('an operator that the opset in force does not have is refused', () => {
  const gelu = testRule({ build: (m, b) => b.node('Gelu', [m.x]) });
  expect(refusal(gelu, small, 19)).toBe('op-not-in-opset');
  expect(apply(model(small, 20), [gelu]).applied).toEqual({ r: 1 });
  const declared = testRule({ build: (m, b) => b.node('Gelu', [m.x]), emits: [{ op: 'Gelu', since: 20 }] });
  expect(refusal(declared, small, 19)).toBe('op-not-in-opset');
  const vendor = testRule({ build: (m, b) => b.node('Gelu', [m.x], {}, { domain: 'com.microsoft' }) });
  expect(refusal(vendor, small)).toBe('domain-not-imported');
  const removed = testRule({ build: (m, b) => b.node('Upsample', [m.x, m.x]) });
  expect(refusal(removed, small)).toBe('op-not-in-opset');
});

test('attributes, operands and dtypes that this version of an operator does not have are refused', () => {
  const with_ = (build: RuleSpec<X>['build']) => testRule({ build });
  expect(
    refusal(
      with_((m, b) => b.node('Clip', [m.x], { min: 0 })),
      small,
    ),
  ).toBe('attribute-not-in-opset');
  expect(apply(model(small, 10), [with_((m, b) => b.node('Clip', [m.x], { min: 0 }))]).applied).toEqual({
    r: 1,
  });
  expect(
    refusal(
      with_((m, b) => b.node('Cast', [m.x])),
      small,
    ),
  ).toBe('attribute-missing');
  expect(
    refusal(
      with_((m, b) => b.node('Cast', [m.x], { to: 'float' })),
      small,
    ),
  ).toBe('attribute-type');
  expect(
    refusal(
      with_((m, b) => b.node('Relu', [m.x, m.x])),
      small,
    ),
  ).toBe('arity-not-in-opset');
  expect(
    refusal(
      with_((_, b) => b.node('Relu', [b.constant([1, 1], 'bool')])),
      small,
    ),
  ).toBe('dtype-not-in-opset');
  expect(
    refusal(
      with_((m, b) => b.node('MatMul', [m.x, b.constant([1, 2, 3], 'float32')])),
      small,
    ),
  ).toBe('invalid-node');
});

test('an operator that a function of the model shadows is not emitted', () => {
  const m = model(`(float[2] a) => (y) { t = Relu(a) y = Exp(t) }
    <domain: "", opset_import: ["" : 20]> Abs (x) => (r) { r = Neg(x) }`);
  expect(apply(m, [toAbs]).refused).toEqual({ r: { 'op-is-shadowed': 1 } });
});

test('a rule that makes other operators than it declares is refused', () => {
  const liar = testRule({ build: (m, b) => b.node('Abs', [m.x]), emits: [{ op: 'Neg', since: 1 }] });
  expect(refusal(liar, small)).toBe('emission-not-declared');
});

test('a rule that does not say so may not grow the graph, or its constants', () => {
  const nodes = testRule({ build: (m, b) => b.node('Abs', [b.node('Neg', [b.node('Abs', [m.x])])]) });
  expect(refusal(nodes, small)).toBe('grows');
  const bytes = testRule({
    build: (m, b) =>
      b.node('Add', [m.x, b.node('Gather', [b.constant(new Float32Array(4096), 'float32'), b.ints([1, 2])])]),
  });
  expect(refusal(bytes, small)).toBe('grows-bytes');
  const grows = testRule({
    build: (m, b) => b.node('Abs', [b.node('Neg', [b.node('Abs', [m.x])])]),
    grows: true,
    decreases: 'Exp nodes',
  });
  expect(apply(model(small), [grows]).applied).toEqual({ r: 1 });
});

test('names of new values and constants do not clash', () => {
  const build: RuleSpec<X>['build'] = (m, b) =>
    b.node('Add', [b.node('Abs', [m.x]), b.constant(1, 'float32', [], 'w')]);
  const m = model(`(float[2] a) => (float[2] y) <float[2] w = {3, 4}> {
    t = Relu(a) u = Exp(t) Abs = Neg(u) y = Mul(Abs, w) }`);
  expect(apply(m, [testRule({ build })]).applied).toEqual({ r: 1 });
  expect(text(m)).toBe(
    printed(`(float[2] a) => (float[2] y) <float[2] w = {3, 4}, float w_1 = {1}> {
      Abs_1 = Abs(a) u = Add(Abs_1, w_1) Abs = Neg(u) y = Mul(Abs, w) }`),
  );
});

test('a graph output keeps its name; what cannot take that name does not replace it', () => {
  const toX = testRule({ build: (m) => m.x });
  expect(refusal(toX, '(float[2] a) => (float[2] y) { t = Relu(a) y = Exp(t) }')).toBe('output-name');
  expect(refusal(toX, '(float[2] a) => (float[2] y, float[2] s) { s = Sin(a) t = Relu(s) y = Exp(t) }')).toBe(
    'output-name',
  );
  const constant = testRule({ build: (_, b) => b.constant(new Float32Array(2), 'float32') });
  expect(refusal(constant, '(float[2] a) => (float[2] y) { t = Relu(a) y = Exp(t) }')).toBe('output-name');
  const m = model('(float[2] a) => (float[2] y) { s = Sin(a) t = Relu(s) y = Exp(t) }');
  expect(apply(m, [toX]).applied).toEqual({ r: 1 });
  expect(text(m)).toBe(printed('(float[2] a) => (float[2] y) { y = Sin(a) }'));
});

test('an output of a nested graph is made in that graph', () => {
  const graph = `(bool c, float[2] a) => (y) {
    y = If(c) <then_branch = p () => (s) { t = Relu(a) s = Exp(t) }, else_branch = q () => (r) { r = Neg(a) }> }`;
  expect(refusal(testRule({ build: (m) => m.x }), graph)).toBe('output-name');
  expect(apply(model(graph), [toAbs]).applied).toEqual({ r: 1 });
});

test('nodes are put behind the last value that they read and before the first that reads them', () => {
  const merge = (a: string): Rule =>
    rule({
      name: 'r',
      doc: 'x p, x q = split(x [p q])',
      match: op('MatMul', ['x', 'p']),
      build: (m, b) => {
        const other = [...m.x.users()].find((n) => n !== m.$node && n.is('MatMul'));
        const q = other?.inputs[1];
        const second = other?.outputs[0];
        if (!q || !second || other.graph?.isBefore(other, m.$node)) return b.fail('no-partner');
        const both = b.node('MatMul', [m.x, b.node('Concat', [m.p, q], { axis: 1 })]);
        const [first, last] = b.nodeN('Split', 2, [both, b.ints([2, 2])], { axis: 1 });
        if (!first || !last) return b.fail('no-outputs');
        b.replace(second, last);
        return first;
      },
      exactness: 'exact',
      phase: 'normalize',
      grows: true,
      decreases: a,
    });
  const inputs = '(float[2, 2] x, float[2, 2] p, float[2, 2] w)';
  const parallel = model(
    `${inputs} => (y, z) { s = MatMul(x, p) q = Neg(w) t = MatMul(x, q) y = Neg(s) z = Neg(t) }`,
  );
  expect(apply(parallel, [merge('MatMul nodes')]).applied).toEqual({ r: 1 });
  expect([...parallel.graph.nodes()].map((n) => n.opType)).toEqual([
    'Neg',
    'Concat',
    'MatMul',
    'Split',
    'Neg',
    'Neg',
  ]);
  expect(nodeOf(parallel, 'z').inputs[0]).toBe(nodeOf(parallel, 's').outputs[1]);
  expect(valueNamed(parallel, 't').producer).toBe(nodeOf(parallel, 's'));
  const dependent = model(
    `${inputs} => (y, z) { s = MatMul(x, p) q = Neg(s) t = MatMul(x, q) y = Neg(s) z = Neg(t) }`,
  );
  expect(apply(dependent, [merge('MatMul nodes')]).refused.r).toMatchObject({ 'not-dominated': 1 });
  const early = model(
    `${inputs} => (y, z) { s = MatMul(x, p) y = Neg(s) q = Neg(w) t = MatMul(x, q) z = Neg(t) }`,
  );
  expect(apply(early, [merge('MatMul nodes')]).refused.r).toMatchObject({ 'not-dominated': 1 });
});

test('a new node may read the value that it replaces', () => {
  const wrap = testRule({
    build: (m, b) => {
      const already = [...m.$root.users()].some((n) => n.is('Abs'));
      return already ? b.fail('done') : b.node('Abs', [m.$root]);
    },
    grows: true,
    decreases: 'Exp nodes without Abs',
    keep: 'allowed',
  });
  const m = model(small);
  expect(apply(m, [wrap]).applied).toEqual({ r: 1 });
  expect(text(m)).toBe(
    printed('(float[2] a) => (float[2] y) { t = Relu(a) u = Exp(t) Abs = Abs(u) y = Neg(Abs) }'),
  );
});

test('a replacement must be readable where the value is read', () => {
  const later = testRule({
    build: (m, b) => present([...m.x.users()].find((n) => n.is('Sin'))?.outputs[0]) ?? b.fail('none'),
  });
  expect(
    refusal(later, '(float[2] a) => (y, z) { t = Relu(a) u = Exp(t) y = Neg(u) v = Sin(a) z = Neg(v) }'),
  ).toBe('not-dominated');
});

test('a rule that changes nothing is refused', () => {
  expect(refusal(testRule({ build: (m) => m.$root }), small)).toBe('no-change');
});

test('a value that no node makes is not replaced', () => {
  const input = testRule({
    build: (m, b) => {
      b.replace(m.x, b.node('Abs', [m.x]));
      return b.node('Abs', [m.x]);
    },
  });
  expect(refusal(input, small)).toBe('not-a-result');
});

test('the name of a node goes to the node in its place', () => {
  const m = model('(float[2] a) => (float[2] y) { [inner] t = Relu(a) [outer] u = Exp(t) y = Neg(u) }');
  apply(m, [toAbs]);
  expect(nodeOf(m, 'u').name).toBe('outer');
});

test('a constant can be a tensor, numbers of a dtype, or a shape', () => {
  const seen: string[] = [];
  const constants = testRule({
    build: (m, b) => {
      for (const v of [
        b.constant(Tensor.ofBytes('uint8', [2], new Uint8Array([1, 2])), 'bytes'),
        b.constant(1.5, 'float16'),
        b.constant([1, 2], 'int32'),
        b.constant([1, 2, 3, 4], 'float32', [2, 2]),
        b.ints([0, -1n]),
      ]) {
        seen.push(`${v.name} ${v.tensor?.dtype}[${v.tensor?.dims.join()}]`);
      }
      return b.node('Abs', [m.x]);
    },
  });
  const m = model(small);
  expect(apply(m, [constants]).applied).toEqual({ r: 1 });
  expect(seen).toEqual([
    'bytes uint8[2]',
    'constant float16[]',
    'constant_1 int32[2]',
    'constant_2 float32[2,2]',
    'constant_3 int64[2]',
  ]);
  expect(m.graph.initializers.size).toBe(0);
});

test('an attribute of another node can be copied', () => {
  const copy = rule({
    name: 'r',
    doc: 'copies',
    match: op('Selu', [value('x')]),
    build: (m, b) => b.node('Elu', [m.x], { alpha: m.$node.attributes.get('alpha') }),
    exactness: 'exact',
    phase: 'normalize',
  });
  const m = model('(float[2] a) => (float[2] y) { y = Selu<alpha = 0.5>(a) }');
  apply(m, [copy]);
  expect(text(m)).toBe(printed('(float[2] a) => (float[2] y) { y = Elu<alpha = 0.5>(a) }'));
});
