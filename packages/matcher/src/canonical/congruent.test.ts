import { expect, test } from 'vitest';
import { model } from '../../test/support.ts';
import { congruent } from '../index.ts';

function areCongruent(nodes: string): boolean {
  const m = model(
    `(float[3] a, float[3] b) => (float[3] u, float[3] v) <float k = {2}, float l = {2}> { ${nodes} }`,
  );
  const [u, v] = m.graph.outputs;
  return u !== undefined && v !== undefined && congruent(u, v);
}

test('operands of what commutes may be swapped', () => {
  expect(areCongruent('u = Add (a, b) v = Add (b, a)')).toBe(true);
  expect(areCongruent('u = Mul (a, k) v = Mul (l, a)')).toBe(true);
  expect(areCongruent('s = Mul (a, k) u = Exp (s) t = Mul (l, a) v = Exp (t)')).toBe(true);
  expect(areCongruent('u = Add (a, b) i = Identity (b) v = Add (i, a)')).toBe(true);
});

test('but not of what does not, and not for other operands', () => {
  expect(areCongruent('u = Sub (a, b) v = Sub (b, a)')).toBe(false);
  expect(areCongruent('u = Add (a, b) v = Add (b, b)')).toBe(false);
  expect(areCongruent('u = Add (a, a) v = Add (b, a)')).toBe(false);
  expect(areCongruent('u = Add (a, k) v = Add (b, l)')).toBe(false);
});
