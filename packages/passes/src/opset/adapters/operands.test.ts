import { constantTensor, tensorInts } from '@refold/ir';
import { expect, test } from 'vitest';
import { expectRefused, raised, raisedNodes } from '../../../test/raised.ts';
import { ints } from '../../../test/support.ts';

test('sizes of Split become an operand', () => {
  const text = '(float[5, 2] x) => (float[2, 2] y, float[3, 2] z) { y, z = Split <split = [2, 3]> (x) }';
  expect(raisedNodes(text, 11, 13)).toEqual(['y, z = Split (x, split)']);
  expect(raisedNodes(text, 11, 28)).toEqual(['y, z = Split (x, split)']);
});

test('equal parts of Split are counted from opset 18 on', () => {
  const text = '(float[2, 4] x) => (float[2, 2] y, float[2, 2] z) { y, z = Split <axis = 1> (x) }';
  expect(raisedNodes(text, 11, 17)).toEqual(['y, z = Split <axis: int = 1> (x)']);
  expect(raisedNodes(text, 13, 18)).toEqual(['y, z = Split <axis: int = 1, num_outputs: int = 2> (x)']);
});

test('bounds of Slice become operands; without axes the first ones are meant', () => {
  const text =
    '(float[3, 4, 5] x) => (float[2, 3, 5] y) { y = Slice <starts = [1, -4], ends = [3, -1]> (x) }';
  const { after } = raised(text, 9, 10);
  const operands = after.graph.firstNode?.inputs.slice(1) ?? [];
  expect(operands.map((v) => tensorInts(constantTensor(v as never) as never).map(Number))).toEqual([
    [1, -4],
    [3, -1],
    [0, 1],
  ]);
});

test('ends beyond what a double holds stay exact', () => {
  const text = `(float[3] x) => (float[2] y) { y = Slice <starts = [1], ends = [9223372036854775807], axes = [0]> (x) }`;
  raised(text, 9, 13);
});

test('pads and value become operands', () => {
  const text = '(float[2, 2] x) => (float[3, 5] y) { y = Pad <pads = [0, 1, 1, 2], value = 2.5> (x) }';
  expect(raisedNodes(text, 10, 11)).toEqual(['y = Pad (x, pads, value)']);
  expect(raisedNodes(text.replace(', value = 2.5', ''), 9, 28)).toEqual(['y = Pad (x, pads)']);
  const reflect =
    '(float[2, 3] x) => (float[2, 5] y) { y = Pad <pads = [0, 1, 0, 1], mode = "reflect", value = 7.0> (x) }';
  expect(raisedNodes(reflect, 9, 19)).toEqual(['y = Pad <mode: string = "reflect"> (x, pads)']);
  const negative = '(double[3] x) => (double[3] y) { y = Pad <pads = [-1, 1], value = 0.1> (x) }';
  raised(negative, 9, 11);
});

test('a pad value needs a known type, or CastLike', () => {
  const setting = {
    domains: ', "local" : 1',
    functions:
      '<domain: "local", opset_import: ["" : 9]> F (a) => (b) { b = Pad <pads = [1, 1], value = 2.0> (a) }',
  };
  const text = '(double[2] x) => (double[4] y) { y = local.F (x) }';
  expectRefused(text, 9, 14, /element type of its input is not known/, setting);
  raised(text, 9, 15, setting);
});

test('k of TopK becomes an operand', () => {
  const text = '(float[2, 5] x) => (float[2, 3] y, int64[2, 3] i) { y, i = TopK <k = 3> (x) }';
  expect(raisedNodes(text, 9, 10)).toEqual(['y, i = TopK (x, k)']);
  raised(text, 9, 28);
});

test('operands that are there already stay', () => {
  const text = `(float[4] x) => (float[2] y) <${ints('s', 1)}, ${ints('e', 3)}> { y = Slice (x, s, e) }`;
  expect(raisedNodes(text, 10, 28)).toEqual(['y = Slice (x, s, e)']);
});
