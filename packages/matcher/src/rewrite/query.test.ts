import { expect, test } from 'vitest';
import { apply, model, valueNamed } from '../../test/support.ts';
import { commutative, op, queryOf, rule, value } from '../index.ts';

test('a query tells what is known of values, and no more', () => {
  const m = model(`(float[N, 3] a, float[3] b, float[M] c) => (y, z) <int64[2] s = {0, -1}> {
    y = Add(a, b) r = Reshape(c, s) z = Softmax(a) }`);
  const q = queryOf(m.graph);
  const v = (name: string) => valueNamed(m, name);
  expect(q.opset).toBe(20);
  expect([q.dtype(v('a')), q.rank(v('a')), q.shape(v('b'))]).toEqual(['float32', 2, [3]]);
  expect([q.dtype(v('s')), q.rank(v('s'))]).toEqual(['int64', 1]);
  expect(q.constant(v('s'))?.ints()).toEqual([0, -1]);
  expect(q.constant(v('a'))).toBeUndefined();
  expect(q.constant(undefined)).toBeUndefined();
  expect(q.broadcastsTo(v('b'), v('a'))).toBe('yes');
  expect(q.broadcastsTo(v('a'), v('b'))).toBe('no');
  expect(q.broadcastsTo(v('c'), v('b'))).toBe('unknown');
  expect(q.same(v('y'), v('y'))).toBe(true);
  expect(q.same(v('y'), v('z'))).toBe(false);
  const softmax = v('z').producer;
  expect(softmax && q.view(softmax)?.axis).toBe(1);
});

test('sizes that the pattern names can be asked for', () => {
  let seen: unknown;
  const sizes = rule({
    name: 'test/sizes',
    doc: 'looks',
    match: op('Relu', [value('x', { dims: ['rows', 3] })]),
    build: (_, b, q) => {
      seen = [String(q.dim('rows')), q.dim('columns')];
      return b.fail('only-looking');
    },
    exactness: 'exact',
    phase: 'normalize',
  });
  apply(model('(float[N, 3] a) => (y) { y = Relu(a) }'), [sizes]);
  expect(seen).toEqual(['N', undefined]);
});

test('a search that takes too long is given up, and that is reported', () => {
  const hopeless = rule({
    name: 'test/hopeless',
    doc: 'nine operands in any order, of which one is what none is',
    match: commutative('Sum', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', value('i', { dtype: 'int8' })]),
    build: (m) => m.a,
    exactness: 'exact',
    phase: 'normalize',
  });
  const inputs = Array.from({ length: 9 }, (_, i) => `v${i}`);
  const m = model(`(${inputs.map((v) => `float ${v}`).join()}) => (y) { y = Sum(${inputs.join()}) }`);
  expect(apply(m, [hopeless]).refused).toEqual({ 'test/hopeless': { fuel: 1 } });
});
