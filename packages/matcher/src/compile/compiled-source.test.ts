import type { Model } from '@refold/ir';
import { expect, test } from 'vitest';
import { simplifications } from '../../test/rewriting-rules.ts';
import { finder, model, text } from '../../test/support.ts';
import { commutative, compile, op, type Pat, type PatLike, rewrite, sum, value } from '../index.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compileRule } from './compiled-rule.ts';
import { CompiledSet, CompiledSource } from './compiled-source.ts';

function compiled(...patterns: readonly Pat<object>[]): readonly CompiledRule[] {
  return patterns.map((p, i) => {
    const { spec } = finder(p);
    return compileRule({ spec: { ...spec, name: `test/${i}` } });
  });
}

/** Which rules may match at the node that makes a value, by number. */
function rulesAt(m: Model, source: CompiledSource): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {};
  for (const node of m.graph.nodes()) {
    const names = source.rulesAt(node).map((rule) => rule.name.slice('test/'.length));
    if (names.length > 0) found[node.label] = names;
  }
  return found;
}

const relu = (p: PatLike): Pat<object> => op('Relu', [p]);

test('rules are told apart by the operators below the root', () => {
  const m = model(`(float[2] a) => (float[2] y, float[2] z) {
    r = Relu(a) s = Exp(a) y = Sqrt(r) z = Sqrt(s) }`);
  const set = new CompiledSet(
    compiled(op('Sqrt', [relu('x')]), op('Sqrt', [op('Exp', ['x'])]), relu('x')),
    0,
  );
  for (const anchors of ['rarest', 'root'] as const) {
    expect(rulesAt(m, new CompiledSource(set, anchors))).toEqual({ r: ['2'], y: ['0'], z: ['1'] });
  }
});

test('the first nodes of an operator are not worth a tree', () => {
  const m = model(
    `(float[2] a) => (float[2] z) { r = Relu(a) s = Sqrt(r) t = Exp(a) y = Sqrt(t) z = Add(s, y) }`,
  );
  const source = new CompiledSource(new CompiledSet(compiled(op('Sqrt', [relu('x')])), 1));
  expect(rulesAt(m, source)).toEqual({ s: ['0'] });
  expect(rulesAt(m, new CompiledSource(new CompiledSet(compiled(op('Sqrt', [relu('x')])), 2)))).toEqual({
    s: ['0'],
    y: ['0'],
  });
});

test('rules with common parts share their tests', () => {
  const chain = (op1: string): Pat<object> => op(op1, [op('Exp', [relu(op('Tanh', ['x']))])]);
  const all = compiled(chain('Sqrt'), op('Neg', [chain('Sqrt')]), op('Abs', [chain('Sqrt')]));
  const often = ['Relu', 'Exp', 'Sqrt', 'Neg', 'Abs'].flatMap((o) =>
    Array.from({ length: 20 }, (_, i) => `${o}${i} = ${o}(a)`),
  );
  const { graph } = model(`(float[2] a) => (float[2] t) { ${often.join(' ')} t = Tanh(a) }`);
  // Up from Tanh, then Relu, Exp and Sqrt once for all; the first one ends there, the others have a state more.
  expect(new CompiledSet(all).forests.fromRarest(graph).states).toBe(6);
  expect(new CompiledSet(all.slice(0, 1)).forests.fromRarest(graph).states).toBe(4);
});

test('a sweep costs next to nothing where the rarest operator of a pattern is missing', () => {
  const lines = Array.from({ length: 100 }, (_, i) => `v${i + 1} = ${i % 2 ? 'Mul' : 'Add'}(v${i}, v${i})`);
  const m = model(`(float[2] v0) => (float[2] v100) { ${lines.join('\n')} }`);
  const p = commutative('Mul', [commutative('Add', ['x', 'y']), op('Erf', ['z'])]);
  const tests = (anchors: 'rarest' | 'root'): number => {
    const source = new CompiledSource(new CompiledSet(compiled(p)), anchors);
    for (const node of m.graph.nodes()) source.rulesAt(node);
    return source.tests;
  };
  expect(tests('rarest')).toBe(0);
  expect(tests('root')).toBeGreaterThan(50);
});

test('matches that a rewrite makes possible are found, though all was swept before', () => {
  const lines = Array.from({ length: 20 }, (_, i) => `v${i + 1} = Tanh(v${i})`);
  const m = model(`(float[2] v0, float[2] w) => (float[2] y) {
    ${lines.join('\n')} n = Neg(w) s = Add(v20, n) y = Neg(s) }`);
  const report = rewrite(m, compile(simplifications));
  expect(report.applied).toEqual({ 'test/sub': 1, 'test/swapped': 1 });
  expect(text(m)).toContain('y = Sub (w, v20)');
});

test('a value with ever so many readers is climbed from within a budget, and no match is lost', () => {
  const count = 20_000;
  const lines = Array.from({ length: count }, (_, i) => `t${i} = Add(e, a) u${i} = Sqrt(t${i})`);
  const m = model(`(float[2] a) => (float[2] y) {
    e = Erf(a) ${lines.join('\n')} y = Sum(u0, u${count - 1}) }`);
  const source = new CompiledSource(
    new CompiledSet(compiled(op('Sqrt', [op('Add', [op('Erf', ['x']), 'y'])]))),
  );
  const found = Object.keys(rulesAt(m, source));
  expect(found).toHaveLength(count);
  expect(source.tests).toBeLessThan(2 * count);
  expect([...compile([finder(op('Sqrt', [op('Add', [op('Erf', ['x']), 'y'])]))]).find(m.graph)]).toHaveLength(
    count,
  );
});

test('chains of nodes that hand on their operand do not make sweeps quadratic', () => {
  const tests = (count: number): number => {
    const lines = Array.from({ length: count }, (_, i) => `v${i + 1} = Identity(v${i})`);
    const m = model(`(float[2] v0) => (float[2] y) { ${lines.join('\n')} y = Sqrt(v${count}) }`);
    const source = new CompiledSource(new CompiledSet(compiled(op('Sqrt', [op('Identity', [relu('x')])]))));
    for (const node of m.graph.nodes()) source.rulesAt(node);
    return source.tests;
  };
  expect(tests(8_000)).toBeLessThan(2.5 * tests(4_000) + 100);
});

test('the terms of a sum are found in any bracket, from the root and from a term', () => {
  const m = model(`(float[2] a, float[2] b, float[2] c) => (float[2] y, float[2] z) {
    e = Erf(a) r = Relu(b) s = Add(c, e) t = Sub(r, a) u = Add(s, t) y = Neg(u) z = Add(r, c) }`);
  const set = new CompiledSet(compiled(sum([op('Erf', ['x']), relu('y')], { rest: 'others' })), 0);
  for (const anchors of ['rarest', 'root'] as const) {
    expect(Object.keys(rulesAt(m, new CompiledSource(set, anchors)))).toEqual(['u', 'y']);
  }
});

test('a search that takes too long is given up and reported, with the rule and the node', () => {
  // A sum whose terms fit in many ways, but for the last one.
  const leaves = Array.from({ length: 12 }, (_, i) => `t${i} = Relu(x${i})`);
  const sums = Array.from(
    { length: 11 },
    (_, i) => `s${i + 1} = Add(${i === 0 ? 't0' : `s${i}`}, t${i + 1})`,
  );
  const inputs = Array.from({ length: 12 }, (_, i) => `float[2] x${i}`).join(', ');
  const m = model(`(${inputs}) => (float[2] s11) { ${[...leaves, ...sums].join('\n')} }`);
  const terms = Array.from({ length: 11 }, (_, i) => op('Relu', [`c${i}`]));
  const p = sum([...terms, op('Relu', [value('last', { dims: [3] })])]);
  const report = rewrite(m, compile([finder(p)]));
  expect(report.refused['test/find']?.fuel).toBe(report.exhausted?.length);
  expect(report.exhausted).toContainEqual({ rule: 'test/find', node: 's11' });
  const told: string[] = [];
  const found = compile([finder(p)]).find(m.graph, {
    onFuel: (rule, node) => told.push(`${rule} ${node.label}`),
  });
  expect([...found]).toEqual([]);
  expect(told).toContain('test/find s11');
});
