import { expect, test } from 'vitest';
import {
  any,
  commutative,
  constant,
  oneOf,
  op,
  optional,
  type Pat,
  permuted,
  product,
  repeat,
  sum,
  through,
} from '../index.ts';
import { skeletonsOf } from './lower.ts';
import type { Place } from './skeleton.ts';

/** Skeletons as text: each place with its way from the root. */
function lowered(p: Pat<object>): readonly (readonly string[])[] {
  const text = (place: Place): string => {
    const ops = place.ops.map((o) => o.slice(o.indexOf('\u0000') + 1)).join('|');
    return place.above ? `${text(place.above.place)} ${place.above.edge.via}:${ops}` : ops;
  };
  return skeletonsOf(p.data).map((s) => s.places.map(text));
}

test('operators are demanded where they stand, constants and parameters with them', () => {
  expect(lowered(op('MatMul', [op('Relu', ['x']), 'y']))).toEqual([['MatMul', 'MatMul 0:Relu']]);
  expect(lowered(commutative('Add', [op('Relu', ['x']), 'y']))).toEqual([['Add', 'Add any:Relu']]);
  const [skeleton] = skeletonsOf(op('Softmax', [constant('c')], { params: { axis: 1 } }).data);
  expect(skeleton?.places[0]).toMatchObject({ constants: [0], params: [{ name: 'axis', test: 1 }] });
});

test('alternatives become skeletons of their own', () => {
  const either = oneOf('form', { relu: op('Relu', ['x']), exp: op('Exp', ['x']) });
  expect(lowered(op('Sqrt', [either]))).toEqual([
    ['Sqrt', 'Sqrt 0:Relu'],
    ['Sqrt', 'Sqrt 0:Exp'],
  ]);
  // One choice at two places is made once.
  expect(lowered(op('MatMul', [either, either])).length).toBe(2);
  const wrapped = optional('wrapped', op('Exp', ['x']), (p) => op('Relu', [p]));
  expect(lowered(wrapped)).toEqual([['Relu', 'Relu 0:Exp'], ['Exp']]);
});

test('so many choices that they would multiply stay open', () => {
  let p: Pat<object> = op('Exp', ['x']);
  for (let i = 0; i < 12; i += 1) {
    p = op('Sqrt', [oneOf(`c${i}`, { relu: op('Relu', [p]), neg: op('Neg', [p]) })]);
  }
  const skeletons = skeletonsOf(p.data);
  expect(skeletons.length).toBeLessThanOrEqual(32);
  expect(skeletons.every((s) => s.places[0]?.ops.length === 1)).toBe(true);
});

test('terms are demanded wherever they stand in the brackets', () => {
  const p = sum([op('Relu', ['x']), product(['y', op('Exp', ['z'])])]);
  expect(lowered(p)).toEqual([
    [
      'Add|Neg|Sub|Sum',
      'Add|Neg|Sub|Sum sum:Relu',
      'Add|Neg|Sub|Sum sum:Div|Mul|Neg|Pow|Reciprocal|Sqrt',
      'Add|Neg|Sub|Sum sum:Div|Mul|Neg|Pow|Reciprocal|Sqrt product:Exp',
    ],
  ]);
});

test('what is looked through is skipped on the way down', () => {
  const [first] = skeletonsOf(op('MatMul', [through(['Cast'], op('Relu', ['x'])), any]).data);
  expect(first?.places[1]?.above?.edge.skip).toEqual(new Set(['Cast']));
  const [second] = skeletonsOf(op('MatMul', [permuted('ij->ji', op('Relu', ['x'])), any]).data);
  expect(second?.places[1]?.above?.edge.skip.has('Transpose')).toBe(true);
});

test('of a chain, the first node is demanded when there must be one', () => {
  expect(lowered(repeat((inner) => op('Relu', [inner]), 'x', { min: 1 }))).toEqual([['Relu']]);
  expect(lowered(repeat((inner) => op('Relu', [inner]), op('Exp', ['x'])))).toEqual([['Exp|Relu']]);
});

test('of a part that stands at several places only what congruent values share is demanded', () => {
  const twice = op('Relu', [op('Reshape', [op('Exp', ['x']), 's'])]);
  const [skeleton] = skeletonsOf(op('MatMul', [twice, twice]).data);
  const places = skeleton?.places ?? [];
  expect(places.map((p) => p.isDirect)).toEqual([true, false, false]);
  // The Reshape might be one that the other place does without, so nothing is said of it and what is below.
  expect(places.map((p) => p.depth)).toEqual([0, 1, 1]);
});
