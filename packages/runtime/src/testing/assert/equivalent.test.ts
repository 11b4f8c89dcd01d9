import { encodeModel, parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { fromReals } from '../../tensor/reals.ts';
import { EquivalenceError, equivalent, expectEquivalent } from './equivalent.ts';

const header = '<ir_version: 8, opset_import: ["" : 17]>';
const doubled = `${header} g (float[N] x) => (float[N] y) { y = Add (x, x) }`;
const scaled = `${header} g (float[N] x) => (float[N] y) <float two = {2}> { y = Mul (x, two) }`;
const squared = `${header} g (float[N] x) => (float[N] y) { y = Mul (x, x) }`;

test('models may be text, bytes or models', () => {
  for (const a of [doubled, parseModel(doubled), encodeModel(parseModel(doubled))]) {
    expect(() => expectEquivalent(a, scaled)).not.toThrow();
    expect(equivalent(a, squared)).toBe(false);
  }
});

test('the error shows the first difference, the inputs and both models', () => {
  const given = [{ x: fromReals('float32', [2], [2, 3]) }];
  const error = (() => {
    try {
      expectEquivalent(doubled, squared, { given });
    } catch (caught) {
      return caught;
    }
    return undefined;
  })();
  expect(error).toBeInstanceOf(EquivalenceError);
  const message = error instanceof Error ? error.message : '';
  expect(message).toContain('the models differ');
  expect(message).toContain('1 of 2 elements differ, the first at [1]: 6 became 9');
  expect(message).toContain('x = float32[2] {2, 3}');
  expect(message).toContain('y = Add (x, x)');
  expect(message).toContain('y = Mul (x, x)');
});

test('the error says which value differs first, of those made of equal operands', () => {
  const long = (second: string) =>
    `${header} g (float[2] x) => (float[2] y) { a = Neg (x) b = ${second} (a) c = Abs (b) y = Add (c, c) }`;
  expect(() => expectEquivalent(long('Exp'), long('Sin'))).toThrow(
    /first divergence: b, by Exp and by Sin: 2 of 2 elements differ/,
  );
});

test('the inputs shown are those of the set that shows the difference', () => {
  const sets = [[2], [0], [5]].map((values) => ({ x: fromReals('float32', [1], values) }));
  expect(() => expectEquivalent(doubled, squared, { given: sets })).toThrow(/x = float32\[1\] \{5\}/);
  expect(equivalent(doubled, squared, { given: sets.slice(0, 2) })).toBe(true);
});

test('models of other interfaces are not equivalent', () => {
  const other = `${header} g (float[N] z) => (float[N] y) { y = Add (z, z) }`;
  expect(() => expectEquivalent(doubled, other)).toThrow(/inputs x became z/);
});

test('a model that does not run proves nothing', () => {
  const stuck = `${header} g (float[2] x) => (float[3] y) <int64[1] s = {3}> { y = Reshape (x, s) }`;
  expect(() => expectEquivalent(stuck, stuck)).toThrow(/nothing could be compared/);
  expect(equivalent(stuck, stuck)).toBe(false);
});
