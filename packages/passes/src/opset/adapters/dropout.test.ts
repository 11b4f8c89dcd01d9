import { parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { raisedNodes } from '../../../test/raised.ts';
import { latestOpset } from '../latest.ts';

test('Dropout keeps its ratio', () => {
  const text = '(float[2] x) => (float[2] y) { y = Dropout <ratio = 0.25> (x) }';
  expect(raisedNodes(text, 7, 10)).toEqual(['y = Dropout <ratio: float = 0.25> (x)']);
  expect(raisedNodes(text, 7, 12)).toEqual(['y = Dropout (x, ratio)']);
  const later = '(float[2] x) => (float[2] y, bool[2] m) { y, m = Dropout (x) }';
  expect(raisedNodes(later, 10, 28)).toEqual(['y, m = Dropout (x)']);
});

test('what a mask held before opset 10 was left open', () => {
  const unread = '(float[2] x) => (float[2] y) { y, m = Dropout (x) }';
  expect(raisedNodes(unread, 7, 13)).toEqual(['y, m = Dropout (x)']);
  const read = parseModel(
    '<ir_version: 8, opset_import: ["" : 7]> g (float[2] x) => (float[2] y, float[2] m) { y, m = Dropout (x) }',
  );
  expect(latestOpset(read)).toBe(7);
  expect(() => raisedNodes('(float[2] x) => (float[2] y, float[2] m) { y, m = Dropout (x) }', 7, 10)).toThrow(
    'its mask, which is read, may hold anything',
  );
});
