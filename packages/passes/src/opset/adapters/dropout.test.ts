import { expect, test } from 'vitest';
import { raisedNodes } from '../../../test/raised.ts';

test('Dropout keeps its ratio, and its mask the type that it had', () => {
  const text = '(float[2] x) => (float[2] y, float[2] m) { y, m = Dropout <ratio = 0.25> (x) }';
  expect(raisedNodes(text, 7, 10)).toEqual([
    'y, m_1 = Dropout <ratio: float = 0.25> (x)',
    'm = Cast <to: int = 1> (m_1)',
  ]);
  expect(raisedNodes(text, 7, 12)[0]).toBe('y, m_1 = Dropout (x, ratio)');
  const later = '(float[2] x) => (float[2] y, bool[2] m) { y, m = Dropout (x) }';
  expect(raisedNodes(later, 10, 28)).toEqual(['y, m = Dropout (x)']);
  const unread = '(float[2] x) => (float[2] y) { y, m = Dropout (x) }';
  expect(raisedNodes(unread, 7, 13)).toEqual(['y, m = Dropout (x)']);
});
