import { expect, test } from 'vitest';
import { find, model, namesOf } from '../../test/support.ts';
import { commutative, op, repeat, value } from '../index.ts';

const chain = (n: number): string => {
  let text = 'v0 = Relu (a) ';
  for (let i = 1; i <= n; i += 1) text += `v${i} = Add (v${i - 1}, w) `;
  return `(float[3] a, float[3] w) => (float[3] v${n}) { ${text} }`;
};

const adds = repeat((inner) => op('Add', [inner, value('bias')]), op('Relu', ['x']), {
  min: 1,
  name: 'count',
});

test('the longest chain comes first, with its captures as lists', () => {
  const m = model(chain(3));
  const [found] = find(m, adds).filter((f) => f.$root.name === 'v3');
  expect(found?.count).toBe(3);
  expect(found?.bias).toEqual(Array(3).fill(m.graph.inputs[1]));
  expect(namesOf(found, 'x')).toEqual(['a']);
});

test('a chain of too few or too many is none', () => {
  expect(find(model('(float[3] a) => (float[3] y) { y = Relu (a) }'), adds)).toEqual([]);
  const short = repeat((inner) => op('Add', [inner, 'bias']), op('Relu', ['x']), { min: 1, max: 2 });
  expect(find(model(chain(3)), short).map((f) => f.$root.name)).toEqual(['v1', 'v2']);
});

test('a chain of hundreds of nodes costs no stack', () => {
  const long = repeat((inner) => op('Add', [inner, 'bias']), op('Relu', ['x']), { max: 400 });
  const found = find(model(chain(300)), long).filter((f) => f.$root.name === 'v300');
  expect(found).toHaveLength(1);
});

test('a chain within a pattern tries every length', () => {
  const p = commutative('Mul', [
    repeat((inner) => op('Relu', [inner]), value('x')),
    repeat((inner) => op('Relu', [inner]), value('x')),
  ]);
  const m = model('(float[3] a) => (float[3] y) { r = Relu (a) s = Relu (r) y = Mul (s, r) }');
  expect(new Set(find(m, p).map((f) => namesOf(f, 'x')[0]))).toEqual(new Set(['a', 'r']));
});
