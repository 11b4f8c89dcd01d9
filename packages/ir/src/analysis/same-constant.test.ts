import { expect, test } from 'vitest';
import { parseModel } from '../text/parse.ts';
import { sameConstant } from './same-constant.ts';

const { graph } = parseModel(`<ir_version: 8, opset_import: ["" : 17]>
  g (float[2] x, float[2] d) => (float[2] y) <float[2] a = {1, 2}, float[2] b = {1, 3}, float[2] d = {1, 2}> {
    c = Constant <value = float[2] {1, 2}> ()
    s = Add (x, a) t = Add (s, b) u = Add (t, c) y = Add (u, d)
  }`);

const operand = (node: string, index: number) =>
  [...graph.nodes()].find((n) => n.outputs[0]?.name === node)?.inputs[index];
const a = operand('s', 1);

test('initializers and Constant nodes are equal when their elements are', () => {
  expect(sameConstant(a, operand('u', 1))).toBe(true);
  expect(sameConstant(a, operand('t', 1))).toBe(false);
});

test('what differs from run to run is not a constant', () => {
  expect(sameConstant(a, operand('s', 0))).toBe(false);
  expect(sameConstant(a, operand('y', 1))).toBe(false);
  expect(sameConstant(a, undefined)).toBe(false);
});
