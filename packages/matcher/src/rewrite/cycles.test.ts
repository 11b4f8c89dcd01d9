import { expect, test } from 'vitest';
import { apply, model, printed, text } from '../../test/support.ts';
import { op, type Rule, rule } from '../index.ts';

const exact = { exactness: 'exact', phase: 'normalize' } as const;

const swap: Rule = rule({
  name: 'test/swap',
  doc: 'x + y = y + x',
  match: op('Add', ['x', 'y']),
  build: (m, b) => b.node('Add', [m.y, m.x]),
  ...exact,
});

const graph = '(float[2] a, float[2] b) => (float[2] y) { s = Add(a, b) y = Relu(s) }';

test('a rule that undoes itself is stopped and reported', () => {
  const m = model(graph);
  const report = apply(m, [swap]);
  expect(report.stopped).toBe('cycle');
  expect(report.cycle?.map((e) => e.rule)).toEqual(['test/swap', 'test/swap']);
  expect(report.refused['test/swap']?.cycle).toBeGreaterThan(0);
  expect(report.rewrites).toBe(1);
});

test('rules that undo each other are stopped, and others go on', () => {
  const there = rule({
    name: 'test/there',
    doc: 'Abs(x) = Neg(Neg(Abs(x)))',
    match: op('Abs', ['x']),
    build: (m, b) => b.node('Sqrt', [b.node('Mul', [m.x, m.x])]),
    grows: true,
    decreases: 'nothing',
    ...exact,
  });
  const back = rule({
    name: 'test/back',
    doc: 'sqrt(x x) = |x|',
    match: op('Sqrt', [op('Mul', ['x', 'x'])]),
    build: (m, b) => b.node('Abs', [m.x]),
    ...exact,
  });
  const twice = rule({
    name: 'test/relu-relu',
    doc: 'Relu(Relu(x)) = Relu(x)',
    match: op('Relu', [op('Relu', ['x'])]),
    build: (m, b) => b.node('Relu', [m.x]),
    ...exact,
  });
  const m = model('(float[2] a) => (float[2] y) { s = Abs(a) t = Relu(s) y = Relu(t) }');
  const report = apply(m, [there, back, twice]);
  expect(report.stopped).toBe('cycle');
  expect(report.cycle?.map((e) => e.rule)).toEqual(['test/there', 'test/back']);
  expect(report.applied['test/relu-relu']).toBe(1);
  expect(m.graph.nodeCount).toBeLessThanOrEqual(3);
});

test('a rule that feeds itself for ever meets the limit', () => {
  const grow = rule({
    name: 'test/grow',
    doc: 'Relu(x) = Relu(Relu(x))',
    match: op('Relu', ['x']),
    build: (m, b) => b.node('Relu', [b.node('Relu', [m.x])]),
    grows: true,
    decreases: 'nothing',
    ...exact,
  });
  const report = apply(model(graph), [grow], { maxRewrites: 50 });
  expect(report.stopped).toBe('limit');
  expect(report.rewrites).toBe(50);
});

test('two ways to the same form are not a cycle', () => {
  const m = model('(float[2] a, float[2] b) => (float[2] y, float[2] z) { y = Sub(a, b) z = Sub(a, b) }');
  const once = rule({
    name: 'test/once',
    doc: 'x - y = x + -y',
    match: op('Sub', ['x', 'y']),
    build: (c, b) => b.node('Add', [c.x, b.node('Neg', [c.y])]),
    grows: true,
    decreases: 'Sub nodes',
    ...exact,
  });
  expect(apply(m, [once]).stopped).toBeUndefined();
  expect(text(m)).toBe(
    printed(`(float[2] a, float[2] b) => (float[2] y, float[2] z) {
      Neg = Neg(b) y = Add(a, Neg) Neg_1 = Neg(b) z = Add(a, Neg_1) }`),
  );
});
