import { printModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { model, nodeOf } from '../../test/support.ts';
import {
  commutative,
  compile,
  constant,
  type Explanation,
  explain,
  explanationText,
  failedText,
  no,
  num,
  op,
  optional,
  type Pat,
  product,
  type Rule,
  type RuleSpec,
  rule,
  sum,
  value,
  yes,
} from '../index.ts';

const base = { doc: 'a test', exactness: 'reassociate', phase: 'fuse' } as const;

function only<C extends object>(match: Pat<C>, more: Partial<RuleSpec<C>> = {}): Rule {
  return rule({ ...base, name: 'test/rule', match, build: (m) => m.$root, ...more });
}

function why<C extends object>(
  text: string,
  match: Pat<C>,
  at?: string,
  more?: Partial<RuleSpec<C>>,
): Explanation {
  const m = model(text);
  const before = printModel(m);
  const found = explain(compile([only(match, more)]), m, 'test/rule', at);
  expect(printModel(m)).toBe(before);
  return found;
}

const sentence = (e: Explanation): string => (e.failed ? failedText(e.failed) : '');

const x = value('x', { dtype: 'float' });
const gelu = product([x, 0.5, sum([op('Erf', [product([x, num(Math.SQRT1_2, { ulp: 4 })])]), 1])]);
const geluText = (inner: string, half = '0.5', root = 'float s = {0.70710678}'): string =>
  `(float[N] a) => (float[N] y) <float h = {${half}}, float i = {1}, ${root}> {
    p = Mul (a, s) e = ${inner} (p) q = Add (e, i) r = Mul (a, q) y = Mul (r, h) }`;

test('another operator than the pattern asks for', () => {
  const e = why(geluText('Tanh'), gelu, 'y');
  expect(e).toMatchObject({ outcome: 'structure', root: 'y', failed: { reason: 'no-term', at: 'e' } });
  expect(sentence(e)).toBe('expected Erf as a term, found Tanh (node e)');
  expect(e.wouldMatchIf).toEqual(['e were Erf']);
});

test('constants that are off, with their distance', () => {
  const e = why(geluText('Erf', '0.5', 'float s = {0.7071}'), gelu, 'y');
  expect(e).toMatchObject({ outcome: 'structure', failed: { reason: 'coefficient', at: 's' } });
  expect(sentence(e)).toMatch(
    /^expected numbers that come to 0\.70710678 within 4 ulp, found 0\.7071, 1\d\d ulp from it in float32/,
  );
  expect(e.wouldMatchIf).toEqual(['its numbers came to 0.70710678']);
  const d = why(
    '(float[N] a) => (y) <float c = {1.41421}> { y = Div (a, c) }',
    op('Div', ['x', Math.SQRT2]),
    'y',
  );
  expect(sentence(d)).toMatch(/^expected 1.41421356, found 1.41421, \d+ ulp from it in float32 \(at c\)$/);
  expect(d.wouldMatchIf).toEqual(['`c` were 1.41421356']);
});

test('two differences at once are both named, but no more than are needed', () => {
  const e = why(geluText('Tanh', '0.4'), gelu, 'y');
  expect(e.wouldMatchIf).toEqual(['e were Erf and its numbers came to 0.5']);
});

test('a parameter', () => {
  const mean = op('ReduceMean', ['x'], {
    params: { axes: { axes: 'trailing', capture: 'axes' }, keepdims: 1 },
  });
  const text = (params: string): string => `(float[2,3,4] a) => (y) <int64[1] l = {${params.split(' ')[0]}}> {
    y = ReduceMean <keepdims = ${params.split(' ')[1]}> (a, l) }`;
  const e = why(text('2 0'), mean);
  expect(sentence(e)).toBe('expected keepdims = 1, found keepdims = 0 (ReduceMean, node y)');
  expect(e.wouldMatchIf).toEqual(['y had keepdims = 1']);
  const f = why(text('1 1'), mean);
  expect(sentence(f)).toBe(
    'expected axes = the last axes, without a gap, found axes = [1] (ReduceMean, node y)',
  );
  expect(why(text('2 1'), mean).outcome).not.toBe('structure');
});

test('dtype, rank and sizes', () => {
  const e = (test: Parameters<typeof value>[1]) =>
    sentence(why('(float16[2,3] a) => (y) { y = Relu (a) }', op('Relu', [value('x', test)])));
  expect(e({ dtype: ['float32', 'float64'] })).toBe('expected float32 or float64, found `a` of float16');
  expect(e({ rank: { min: 3 } })).toBe('expected of rank at least 3, found `a` of shape [2, 3]');
  expect(e({ dims: ['N', 4] })).toBe('expected of shape [N, 4], found `a` of shape [2, 3]');
});

test('what is not a constant, and what only looks like one', () => {
  const scale = op('Mul', ['x', constant('c')]);
  expect(sentence(why('(float[2] a, float[2] b) => (y) { y = Mul (a, b) }', scale))).toBe(
    'expected constant `c`, found graph input `b`',
  );
  const e = why('(float[2] a, float[2] w) => (y) <float[2] w = {1, 2}> { y = Mul (a, w) }', scale);
  expect(sentence(e)).toBe('expected constant `c`, found `w`, which a caller may override');
});

test('the same capture at two places', () => {
  const swish = commutative('Mul', ['x', op('Sigmoid', ['x'])]);
  const e = why('(float[2] a, float[2] b) => (y) { s = Sigmoid (b) y = Mul (a, s) }', swish);
  expect(e).toMatchObject({ outcome: 'structure', failed: { reason: 'not-the-same' } });
  expect(sentence(e)).toMatch('expected the same `x` as elsewhere');
});

test('a sum inside a product that something else reads, also in a nested graph', () => {
  const m = (other: string): string =>
    `(float[2] a, float[2] b, bool c) => (y, z) { s = Add (a, b) t = Neg (a) q = Add (s, t) y = Exp (q) ${other} }`;
  const three = op('Exp', [sum(['p', 'q', op('Neg', ['r'])])]);
  const e = why(m('z = Relu (s)'), three, 'y');
  expect(e).toMatchObject({ outcome: 'structure', failed: { reason: 'other-uses', at: 's' } });
  expect(sentence(e)).toContain('expected one reader of `s`, so that it is inside, found it is read by q, z');
});

test('something left over', () => {
  const two = op('Exp', [product([op('Relu', ['p']), op('Tanh', ['q'])])]);
  const e = why(
    '(float[2] a, float[2] b) => (y) { r = Relu (a) t = Tanh (a) u = Mul (r, t) v = Mul (b, u) y = Exp (v) }',
    two,
  );
  expect(sentence(e)).toBe('expected no other factors, found graph input `b`');
  expect(e.wouldMatchIf).toEqual(['`b` was not in the product']);
});

test('a part that is there, but on the other side', () => {
  const ratio = product(['x', op('Reciprocal', [op('Tanh', ['x'])])]);
  const e = why('(float[2] a) => (y) { t = Tanh (a) y = Div (t, a) }', ratio, 'y');
  expect(sentence(e)).toBe('expected Tanh(x) as a divisor, found Tanh (node t) as a factor');
  const difference = sum(['x', op('Neg', [op('Tanh', ['x'])])]);
  const d = why('(float[2] a) => (y) { t = Tanh (a) y = Sub (t, a) }', difference, 'y');
  expect(sentence(d)).toBe('expected Tanh(x) taken away, found Tanh (node t) added');
});

test('the furthest of several ways is shown, with what is in place there', () => {
  const pattern = optional('hasBias', op('Relu', [op('Tanh', [op('Exp', ['x'])])]), (p) => op('Neg', [p]));
  const e = why('(float[2] a) => (y) { s = Sin (a) t = Tanh (s) u = Relu (t) y = Neg (u) }', pattern, 'y');
  expect(sentence(e)).toBe('expected Exp, found Sin (node s)');
  expect(e.matched.map((p) => p.node)).toEqual(['y', 'u', 't']);
  expect(e.matched[1]?.pattern).toBe('Relu(Tanh(..))');
});

test('a node inside is explained with the root above it', () => {
  const e = why(geluText('Tanh'), gelu, 'e');
  expect(e).toMatchObject({ root: 'y', failed: { at: 'e' } });
  const n = why('(float[2] a) => (y) { y = Sin (a) }', gelu, 'y');
  expect(n).toMatchObject({ outcome: 'no-anchor', failed: { reason: 'no-anchor' } });
  expect(n.root).toBeUndefined();
});

test('the guard, the builder, the opset, the type and other readers say no, each in its own way', () => {
  const text = '(float[2] a) => (y, z) { t = Tanh (a) u = Relu (t) y = Neg (u) z = Neg (a) }';
  const p = op('Neg', [op('Relu', ['x'])]);
  const outcome = (more: Partial<RuleSpec<{ readonly x: never }>>) =>
    why(text, p as Pat<{ readonly x: never }>, 'y', more);
  expect(outcome({ guard: () => no('too-small', 'x') })).toMatchObject({
    outcome: 'guard',
    failed: { reason: 'too-small', found: 'too-small, about `x` (`t`)' },
  });
  expect(outcome({ build: () => undefined })).toMatchObject({ outcome: 'declined' });
  expect(outcome({ build: (_, b) => b.fail('late') })).toMatchObject({
    outcome: 'declined',
    failed: { reason: 'late' },
  });
  const future = outcome({ emits: [{ op: 'Swish', since: 24 }], build: (m, b) => b.node('Swish', [m.x]) });
  expect(future).toMatchObject({ outcome: 'opset', failed: { reason: 'op-not-in-opset' } });
  expect(sentence(future)).toBe('expected opset 24 or later, for Swish, found opset 20 (at y)');
  expect(future.wouldMatchIf).toEqual(['the opset were 24 or later']);
  const typed = outcome({ build: (m, b) => b.node('Cast', [m.x], { to: 7 }) });
  expect(typed).toMatchObject({ outcome: 'types', failed: { reason: 'dtype-differs' } });
  expect(outcome({ guard: () => yes, build: (m, b) => b.node('Elu', [m.x]) })).toMatchObject({
    outcome: 'matched',
  });
});

test('readers outside of the match are named, as the path of the branch in which they are', () => {
  const text = `(float[2] a, bool c) => (y, z) { v = Relu (a) y = Neg (v)
    z = If (c) <then_branch = t () => (p) { p = Exp (v) }, else_branch = e () => (q) { q = Exp (a) }> }`;
  const e = why(text, op('Neg', [op('Relu', ['x'])]), 'y', { build: (m, b) => b.node('Elu', [m.x]) });
  expect(e).toMatchObject({ outcome: 'safety', failed: { reason: 'outside-use' } });
  expect(sentence(e)).toMatch('expected no other reader of `v`, found it is also read by z.then_branch');
  expect(e.wouldMatchIf).toEqual(['nothing else read `v`']);
});

test('without a place: the best, and all others by reason', () => {
  const e = why(
    `(float[2] a, float[2] b) => (p, q, r, s) { p = Relu (a) t = Tanh (a) q = Relu (t) u = Sin (t) r = Relu (u)
      v = Exp (u) w = Tanh (v) s = Relu (w) }`,
    op('Relu', [op('Tanh', [op('Sin', ['x'])])]),
  );
  expect(e).toMatchObject({ outcome: 'structure', root: 's', failed: { reason: 'op', at: 'v' } });
  expect(e.anchors?.map((g) => [g.reason, g.count, g.nodes])).toEqual([
    ['op', 1, ['s']],
    ['no-node', 1, ['q']],
    ['op', 1, ['r']],
    ['no-node', 1, ['p']],
  ]);
});

test('as text', () => {
  expect(explanationText(why(geluText('Tanh'), gelu, 'y'))).toMatchInlineSnapshot(`
    "test/rule at y: does not match
      in place:
        0.5 * x * (a sum)  y
      fails at Erf(a product) + 1
      no-term: expected Erf as a term, found Tanh (node e)
      would match if e were Erf"
  `);
  expect(explanationText(why(geluText('Erf'), gelu))).toMatchInlineSnapshot(`
    "test/rule at y: matches, but the rewrite would not be safe
      in place:
        0.5 * x * (a sum)  y
        Erf(..) + 1        q
        Erf(a product)     e
        ~0.70710678 * x    p
        x                  a
      no-change: expected another value in the place of the root, found the same (at y)
      3 places where it could be rooted:
        1 x safety, no-change, expected another value in the place of the root: y
        1 x structure, coefficient, expected numbers that come to 0.5: r
        1 x structure, no-factor, expected Erf(a product) + 1 as a factor: p"
  `);
});

test('a rule or a node that is not there', () => {
  const rules = compile([only(gelu)]);
  const m = model(geluText('Erf'));
  expect(() => explain(rules, m, 'test/other')).toThrow('there is no rule test/other');
  expect(() => explain(rules, m.graph, 'test/rule', 'nowhere')).toThrow("there is no node 'nowhere'");
  expect(explain(rules, m.graph, 'test/rule', nodeOf(m, 'y')).root).toBe('y');
});
